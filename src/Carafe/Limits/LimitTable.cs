namespace Carafe.Limits;

/// <summary>
/// A hash table of the states of keys, of bounded size. Each new key looks at eight old ones and drops those of which nothing counts any more, so nothing
/// ever walks the whole table. In a full one, the mildest of a few makes room. Not thread-safe.
/// </summary>
internal sealed class LimitTable(int capacity)
{
    private const int SweptAtOnce = 8;
    private const int Candidates = 16;

    private int[] _buckets = new int[17];
    private Entry[] _entries = new Entry[16];
    private int _used;
    private int _free = -1;
    private int _cursor;

    public int Count { get; private set; }

    public ref Entry this[int index] => ref _entries[index];

    /// <summary>Returns the place of a key's state, or -1.</summary>
    public int Find(string scope, in LimitKey key, int hash)
    {
        for (var index = _buckets[(uint)hash % (uint)_buckets.Length] - 1; index >= 0; index = _entries[index].Next)
        {
            ref var entry = ref _entries[index];
            if (entry.Hash == hash && ReferenceOrEqual(entry.Scope, scope) && entry.Kind == key.Kind && entry.Value == key.Value
                && string.Equals(entry.Text, key.Text, StringComparison.Ordinal))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Adds a key that is not there and returns the place of its state.</summary>
    public int Add(string scope, in LimitKey key, int hash, long now)
    {
        Sweep(now);
        var index = Take(now);
        ref var bucket = ref _buckets[(uint)hash % (uint)_buckets.Length];
        _entries[index] = new Entry { Scope = scope, Text = key.Text, Value = key.Value, Kind = key.Kind, Hash = hash, Next = bucket - 1, Expires = now };
        bucket = index + 1;
        Count++;
        return index;
    }

    private static bool ReferenceOrEqual(string? one, string other) => ReferenceEquals(one, other) || string.Equals(one, other, StringComparison.Ordinal);

    private int Take(long now)
    {
        if (_free < 0 && _used == capacity)
        {
            MakeRoom(now);
        }

        if (_free >= 0)
        {
            var index = _free;
            _free = _entries[index].Next;
            return index;
        }

        if (_used == _entries.Length)
        {
            Grow();
        }

        return _used++;
    }

    private void Grow()
    {
        var size = Math.Min(capacity, _entries.Length + (_entries.Length / 2));
        Array.Resize(ref _entries, size);
        _buckets = new int[size | 1];
        for (var index = 0; index < _used; index++)
        {
            ref var entry = ref _entries[index];
            if (entry.Scope is not null)
            {
                ref var bucket = ref _buckets[(uint)entry.Hash % (uint)_buckets.Length];
                (entry.Next, bucket) = (bucket - 1, index + 1);
            }
        }
    }

    private void Sweep(long now)
    {
        for (var swept = 0; swept < SweptAtOnce && _used > 0; swept++)
        {
            var index = Step();
            if (_entries[index].Scope is not null && _entries[index].Expires <= now)
            {
                Remove(index);
            }
        }
    }

    // All are in use, and none of those that the sweep has seen has expired.
    private void MakeRoom(long now)
    {
        var mildest = Step();
        for (var seen = 1; seen < Candidates && _entries[mildest].Expires > now; seen++)
        {
            var index = Step();
            if (_entries[index].Expires < _entries[mildest].Expires)
            {
                mildest = index;
            }
        }

        Remove(mildest);
    }

    private int Step()
    {
        _cursor = _cursor + 1 < _used ? _cursor + 1 : 0;
        return _cursor;
    }

    private void Remove(int index)
    {
        ref var entry = ref _entries[index];
        ref var link = ref _buckets[(uint)entry.Hash % (uint)_buckets.Length];
        if (link - 1 == index)
        {
            link = entry.Next + 1;
        }
        else
        {
            var before = link - 1;
            while (_entries[before].Next != index)
            {
                before = _entries[before].Next;
            }

            _entries[before].Next = entry.Next;
        }

        entry = new Entry { Next = _free };
        _free = index;
        Count--;
    }

    internal struct Entry
    {
        public string? Scope;
        public string? Text;
        public MovingLog? Log;
        public long Value;

        /// <summary>When nothing counts any more, in ticks: the theoretical arrival time of a smooth limit, the end of a window.</summary>
        public long Expires;

        /// <summary>What a fixed window has counted.</summary>
        public int Taken;
        public int Hash;
        public int Next;
        public char Kind;
    }
}
