using System.Collections.Concurrent;

namespace Carafe.Limits;

/// <summary>
/// Remembers what a store refused, until the time that it named: before, it would refuse again. A flood on one key costs the store almost nothing.
/// </summary>
internal sealed class LimitRefusals(TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<(string Scope, LimitKey Key), TimeSpan> _until = new();
    private readonly long _start = clock.GetTimestamp();

    private TimeSpan Now => clock.GetElapsedTime(_start);

    /// <summary>Returns whether one of the takes would be refused; then it fills its state, and -1 as the rest of the others.</summary>
    public bool Know(ReadOnlySpan<LimitTake> takes, Span<LimitState> states)
    {
        if (_until.IsEmpty)
        {
            return false;
        }

        var now = Now;
        for (var at = 0; at < takes.Length; at++)
        {
            var key = (takes[at].Limit.Scope, takes[at].Key);
            if (takes[at].Cost > 0 && _until.TryGetValue(key, out var until))
            {
                if (until > now)
                {
                    states.Fill(new LimitState(-1, default, default));
                    states[at] = new LimitState(0, until - now, until - now);
                    return true;
                }

                _until.TryRemove(KeyValuePair.Create(key, until));
            }
        }

        return false;
    }

    public void Keep(ReadOnlySpan<LimitTake> takes, ReadOnlySpan<LimitState> states)
    {
        if (_until.Count >= Capacity)
        {
            _until.Clear();
        }

        for (var at = 0; at < takes.Length; at++)
        {
            if (takes[at].Cost == 1 && states[at].RetryAfter > TimeSpan.Zero)
            {
                _until[(takes[at].Limit.Scope, takes[at].Key)] = Now + states[at].RetryAfter;
            }
        }
    }
}
