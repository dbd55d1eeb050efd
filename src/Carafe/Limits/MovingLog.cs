namespace Carafe.Limits;

/// <summary>Keeps the times of what a moving window counts, oldest first, in a ring that grows to the limit's count.</summary>
internal sealed class MovingLog
{
    private long[] _times = new long[4];
    private int _first;

    public int Count { get; private set; }

    public long this[int index] => _times[(_first + index) % _times.Length];

    public void DropUntil(long time)
    {
        while (Count > 0 && _times[_first] <= time)
        {
            _first = (_first + 1) % _times.Length;
            Count--;
        }
    }

    public void Add(long time, int count)
    {
        for (var added = 0; added < count; added++)
        {
            if (Count == _times.Length)
            {
                Grow();
            }

            _times[(_first + Count) % _times.Length] = time;
            Count++;
        }
    }

    /// <summary>Removes as many entries of a time.</summary>
    public void Remove(long time, int count)
    {
        var kept = 0;
        for (var at = 0; at < Count; at++)
        {
            var entry = this[at];
            if (entry == time && count > 0)
            {
                count--;
            }
            else
            {
                _times[(_first + kept++) % _times.Length] = entry;
            }
        }

        Count = kept;
    }

    private void Grow()
    {
        var times = new long[_times.Length * 2];
        for (var at = 0; at < Count; at++)
        {
            times[at] = this[at];
        }

        (_times, _first) = (times, 0);
    }
}
