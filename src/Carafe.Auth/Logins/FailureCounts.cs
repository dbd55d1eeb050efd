namespace Carafe.Auth;

/// <summary>Failures by key, forgotten after a quiet quarter of an hour, in bounded memory. Times are those of a clock that nobody sets.</summary>
internal sealed class FailureCounts(TimeProvider clock)
{
    public const int Capacity = 100_000;

    // Attempts that wait for their turn without a failure yet: logins of one account at once, as a test run or a restarted fleet makes them.
    private const int MostAtOnce = 32;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Count> _counts = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    private TimeSpan Now => clock.GetElapsedTime(0);

    public int Size
    {
        get
        {
            lock (_lock)
            {
                return _counts.Count;
            }
        }
    }

    /// <summary>Enters an attempt under each of these keys, or under none; then it returns how long to wait.</summary>
    public TimeSpan Enter(List<(string Key, Limit Limit)> keys)
    {
        lock (_lock)
        {
            var wait = keys.Max(key =>
                Wait(key, count => count.UnderWay, (count, limit) => count.Failures > 0 ? Room(count, limit) : Math.Max(MostAtOnce, limit.Free)));
            if (wait <= TimeSpan.Zero)
            {
                keys.ForEach(key => Make(key.Key).UnderWay++);
            }

            return wait;
        }
    }

    /// <summary>
    /// Begins the check of an attempt: failures since it entered count, and attempts that are being checked at this moment count as failed.
    /// </summary>
    public TimeSpan Check(List<(string Key, Limit Limit)> keys)
    {
        lock (_lock)
        {
            var wait = keys.Max(key => Wait(key, count => count.Checking, Room));
            if (wait <= TimeSpan.Zero)
            {
                keys.ForEach(key => Make(key.Key).Checking++);
            }

            return wait;
        }
    }

    public void Fail(string key, Limit limit) => Change(key, count =>
    {
        Fade(count);
        var now = Now;
        count.Failures++;
        count.Last = now;
        if (count.Failures >= limit.Free)
        {
            var doubled = limit.First * Math.Pow(2, Math.Min(20, count.Failures - limit.Free));
            count.Until = now + (doubled < limit.Longest ? doubled : limit.Longest);
        }
    });

    public void Forget(string key) => Change(key, count => (count.Failures, count.Until) = (0, default));

    public void EndCheck(string key) => Change(key, count => count.Checking--);

    public void End(string key) => Change(key, count =>
    {
        count.UnderWay--;
        if (count is { UnderWay: 0, Failures: 0 })
        {
            _counts.Remove(key);
        }
    });

    private static int Room(Count count, Limit limit) => Math.Max(1, limit.Free - count.Failures);

    private TimeSpan Wait((string Key, Limit Limit) key, Func<Count, int> taken, Func<Count, Limit, int> room)
    {
        if (!_counts.TryGetValue(key.Key, out var count))
        {
            return TimeSpan.Zero;
        }

        Fade(count);
        var wait = count.Until - Now;
        return wait > TimeSpan.Zero ? wait : taken(count) >= room(count, key.Limit) ? Moment : TimeSpan.Zero;
    }

    private Count Make(string key)
    {
        if (_counts.TryGetValue(key, out var count))
        {
            return count;
        }

        if (_counts.Count >= Capacity)
        {
            MakeRoom();
        }

        return _counts[key] = new Count();
    }

    private void Change(string key, Action<Count> change)
    {
        lock (_lock)
        {
            if (_counts.TryGetValue(key, out var count))
            {
                change(count);
            }
        }
    }

    private void Fade(Count count)
    {
        if (Now - count.Last > Memory && count.Until < Now)
        {
            count.Failures = 0;
        }
    }

    // First the old counts, then, under a flood of made-up names, everything but the worst.
    private void MakeRoom()
    {
        var now = Now;
        var quiet = now - Memory;
        foreach (var (key, count) in _counts.Where(pair => pair.Value.UnderWay == 0 && pair.Value.Last < quiet).ToArray())
        {
            _counts.Remove(key);
        }

        if (_counts.Count >= Capacity)
        {
            var mildest = _counts.Where(pair => pair.Value.UnderWay == 0).OrderBy(pair => pair.Value.Failures).ThenBy(pair => pair.Value.Last);
            foreach (var (key, _) in mildest.Take(Capacity / 2).ToArray())
            {
                _counts.Remove(key);
            }
        }
    }

    private sealed class Count
    {
        public int Failures;
        public int UnderWay;
        public int Checking;
        public TimeSpan Last;
        public TimeSpan Until;
    }
}
