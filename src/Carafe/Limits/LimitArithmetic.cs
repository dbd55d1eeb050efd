namespace Carafe.Limits;

/// <summary>Decides one limit for one key. Times are ticks of a clock that nobody sets.</summary>
internal static class LimitArithmetic
{
    /// <summary>Returns whether a take is allowed, and how the limit stands if all are (<paramref name="state"/>).</summary>
    /// <param name="take">The take.</param>
    /// <param name="now">The time.</param>
    /// <param name="known">Whether <paramref name="entry"/> is the key's; else the key has no state.</param>
    /// <param name="entry">The key's state.</param>
    /// <param name="state">How it stands after the take, or as it is when the take is refused.</param>
    public static bool Allows(in LimitTake take, long now, bool known, ref LimitTable.Entry entry, out LimitState state) => take.Limit.Strategy switch
    {
        LimitStrategy.MovingWindow => Moving(take, now, known ? entry.Log : null, out state),
        LimitStrategy.FixedWindow => Fixed(take, now, known && entry.Expires > now ? entry.Taken : 0, known ? entry.Expires : 0, out state),
        _ => Smooth(take, now, known ? entry.Expires : now, out state),
    };

    /// <summary>Records a take that is allowed.</summary>
    public static void Record(in LimitTake take, long now, ref LimitTable.Entry entry)
    {
        var window = take.Limit.Window.Ticks;
        switch (take.Limit.Strategy)
        {
            case LimitStrategy.MovingWindow:
                (entry.Log ??= new MovingLog()).Add(now, take.Cost);
                entry.Expires = now + window;
                break;
            case LimitStrategy.FixedWindow:
                (entry.Expires, entry.Taken) = entry.Expires > now ? (entry.Expires, entry.Taken + take.Cost) : (now + window, take.Cost);
                break;
            default:
                entry.Expires = Math.Max(entry.Expires, now) + (take.Cost * take.Limit.Interval);
                break;
        }
    }

    /// <summary>Gives back a take that <see cref="Record"/> recorded.</summary>
    public static void Return(in LimitTake take, in LimitState state, ref LimitTable.Entry entry)
    {
        switch (take.Limit.Strategy)
        {
            case LimitStrategy.MovingWindow:
                entry.Log?.Remove(state.Stamp, take.Cost);
                break;
            case LimitStrategy.FixedWindow:
                // Not of another window.
                entry.Taken -= entry.Expires == state.Stamp ? take.Cost : 0;
                break;
            default:
                entry.Expires -= take.Cost * take.Limit.Interval;
                break;
        }
    }

    private static bool Smooth(in LimitTake take, long now, long arrival, out LimitState state)
    {
        var limit = take.Limit;
        var ahead = Math.Max(0, arrival - now);
        var most = limit.Count * limit.Interval;
        var allowed = take.Cost <= limit.Count && ahead + (take.Cost * limit.Interval) <= most;
        var after = allowed ? ahead + (take.Cost * limit.Interval) : ahead;
        var left = (int)((most - after) / limit.Interval);
        var more = after == 0 ? 0 : after - ((limit.Count - left - 1) * limit.Interval);
        var wait = allowed ? 0 : take.Cost > limit.Count ? limit.Window.Ticks : ahead + (take.Cost * limit.Interval) - most;
        state = new LimitState(left, new TimeSpan(more), new TimeSpan(wait));
        return allowed;
    }

    private static bool Fixed(in LimitTake take, long now, int taken, long end, out LimitState state)
    {
        var limit = take.Limit;
        end = end > now ? end : now + limit.Window.Ticks;
        var allowed = take.Cost <= limit.Count - taken;
        var after = allowed ? taken + take.Cost : taken;
        var reset = after == 0 ? 0 : end - now;
        state = new LimitState(Math.Max(0, limit.Count - after), new TimeSpan(reset), new TimeSpan(allowed ? 0 : end - now), end);
        return allowed;
    }

    private static bool Moving(in LimitTake take, long now, MovingLog? log, out LimitState state)
    {
        var (limit, window) = (take.Limit, take.Limit.Window.Ticks);
        log?.DropUntil(now - window);
        var taken = log?.Count ?? 0;
        var allowed = take.Cost <= limit.Count - taken;
        var after = allowed ? taken + take.Cost : taken;
        var reset = after == 0 ? 0 : taken > 0 ? log![0] + window - now : window;
        // As many must leave as there are too many.
        var wait = allowed ? 0 : take.Cost > limit.Count ? window : log![taken + take.Cost - limit.Count - 1] + window - now;
        state = new LimitState(limit.Count - after, new TimeSpan(reset), new TimeSpan(wait), now);
        return allowed;
    }
}
