using System.Numerics;

namespace Carafe.Limits;

/// <summary>Keeps the counts of one process: at most a million keys, in parts that are locked one by one.</summary>
internal sealed class MemoryLimitStore : ILimitStore
{
    public const int Capacity = Parts * 16_384;

    private const int Parts = 64;

    private readonly LimitTable[] _tables = [.. Enumerable.Range(0, Parts).Select(_ => new LimitTable(Capacity / Parts))];
    private readonly TimeProvider _clock;
    private readonly long _start;

    public MemoryLimitStore(TimeProvider clock) => (_clock, _start) = (clock, clock.GetTimestamp());

    public int Count => _tables.Sum(table => table.Count);

    public ValueTask<bool> TakeAsync(ReadOnlyMemory<LimitTake> takes, Memory<LimitState> states, CancellationToken cancellationToken) =>
        new(Take(takes.Span, states.Span));

    public ValueTask ReturnAsync(ReadOnlyMemory<LimitTake> takes, ReadOnlyMemory<LimitState> states, CancellationToken cancellationToken)
    {
        for (var at = 0; at < takes.Length; at++)
        {
            ref readonly var take = ref takes.Span[at];
            var (part, hash) = Place(take);
            lock (_tables[part])
            {
                var index = _tables[part].Find(take.Limit.Scope, take.Key, hash);
                if (index >= 0)
                {
                    LimitArithmetic.Return(take, states.Span[at], ref _tables[part][index]);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Decides at once.</summary>
    public bool Take(ReadOnlySpan<LimitTake> takes, Span<LimitState> states)
    {
        Span<(int Part, int Hash, int Index)> places = stackalloc (int, int, int)[takes.Length];
        var parts = 0UL;
        for (var at = 0; at < takes.Length; at++)
        {
            var (part, hash) = Place(takes[at]);
            places[at] = (part, hash, 0);
            parts |= 1UL << part;
        }

        Enter(parts);
        try
        {
            var now = _clock.GetElapsedTime(_start).Ticks + 1;
            var allowed = true;
            for (var at = 0; at < takes.Length; at++)
            {
                ref var place = ref places[at];
                var table = _tables[place.Part];
                place.Index = table.Find(takes[at].Limit.Scope, takes[at].Key, place.Hash);
                allowed &= LimitArithmetic.Allows(takes[at], now, place.Index >= 0, ref table[Math.Max(0, place.Index)], out states[at]);
            }

            for (var at = 0; at < takes.Length; at++)
            {
                if (!allowed)
                {
                    Untake(takes[at], ref states[at], places[at], now);
                }
                else if (takes[at].Cost > 0)
                {
                    Record(takes[at], places[at], now);
                }
            }

            return allowed;
        }
        finally
        {
            Leave(parts);
        }
    }

    // Another limit refused: this one stands as it did.
    private void Untake(in LimitTake take, ref LimitState state, (int Part, int Hash, int Index) place, long now)
    {
        if (state.RetryAfter == TimeSpan.Zero)
        {
            var table = _tables[place.Part];
            LimitArithmetic.Allows(take with { Cost = 0 }, now, place.Index >= 0, ref table[Math.Max(0, place.Index)], out state);
        }
    }

    private void Record(in LimitTake take, (int Part, int Hash, int Index) place, long now)
    {
        var table = _tables[place.Part];
        // An entry of this decision may have made room for another one of it.
        var index = place.Index >= 0 && table[place.Index].Hash == place.Hash
            && string.Equals(table[place.Index].Scope, take.Limit.Scope, StringComparison.Ordinal)
            ? place.Index
            : table.Add(take.Limit.Scope, take.Key, place.Hash, now);
        LimitArithmetic.Record(take, now, ref table[index]);
    }

    // All limits of one key are in one part, which is locked once.
    private static (int Part, int Hash) Place(in LimitTake take)
    {
        var key = take.Key.GetHashCode();
        return ((int)((uint)key % Parts), (key * 31) ^ take.Limit.ScopeHash);
    }

    // Always in the same order.
    private void Enter(ulong parts)
    {
        for (; parts != 0; parts &= parts - 1)
        {
            Monitor.Enter(_tables[BitOperations.TrailingZeroCount(parts)]);
        }
    }

    private void Leave(ulong parts)
    {
        for (; parts != 0; parts &= parts - 1)
        {
            Monitor.Exit(_tables[BitOperations.TrailingZeroCount(parts)]);
        }
    }
}
