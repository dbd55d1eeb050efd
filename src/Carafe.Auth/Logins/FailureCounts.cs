namespace Carafe.Auth;

/// <summary>Failures by key, forgotten after a quiet quarter of an hour, in bounded memory.</summary>
internal sealed class FailureCounts(TimeProvider clock)
{
    public const int Capacity = 100_000;

    // With no failure yet: logins of one account at once, as a test run or a restarted fleet makes them.
    private const int MostAtOnce = 32;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Count> _counts = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

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

    public TimeSpan Wait(string key, Limit limit)
    {
        lock (_lock)
        {
            if (!_counts.TryGetValue(key, out var count))
            {
                return TimeSpan.Zero;
            }

            Fade(count);
            var wait = count.Until - clock.GetUtcNow();
            var room = count.Failures > 0 ? Math.Max(1, limit.Free - count.Failures) : Math.Max(MostAtOnce, limit.Free);
            return wait > TimeSpan.Zero ? wait : count.UnderWay >= room ? Moment : TimeSpan.Zero;
        }
    }

    public void Begin(string key)
    {
        lock (_lock)
        {
            if (_counts.Count >= Capacity)
            {
                MakeRoom();
            }

            if (!_counts.TryGetValue(key, out var count))
            {
                _counts[key] = count = new Count();
            }

            count.UnderWay++;
        }
    }

    public void Fail(string key, Limit limit) => Change(key, count =>
    {
        Fade(count);
        var now = clock.GetUtcNow();
        count.Failures++;
        count.Last = now;
        if (count.Failures >= limit.Free)
        {
            var doubled = limit.First * Math.Pow(2, Math.Min(20, count.Failures - limit.Free));
            count.Until = now + (doubled < limit.Longest ? doubled : limit.Longest);
        }
    });

    public void Forget(string key) => Change(key, count => (count.Failures, count.Until) = (0, default));

    public void End(string key) => Change(key, count =>
    {
        count.UnderWay--;
        if (count is { UnderWay: 0, Failures: 0 })
        {
            _counts.Remove(key);
        }
    });

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
        if (clock.GetUtcNow() - count.Last > Memory && count.Until < clock.GetUtcNow())
        {
            count.Failures = 0;
        }
    }

    // First what is old, then, under a flood of made-up names, everything but the worst.
    private void MakeRoom()
    {
        var now = clock.GetUtcNow();
        var quiet = now - Memory;
        foreach (var (key, count) in _counts.Where(pair => pair.Value.UnderWay == 0 && pair.Value.Last < quiet).ToArray())
        {
            _counts.Remove(key);
        }

        if (_counts.Count >= Capacity)
        {
            foreach (var (key, _) in _counts.Where(pair => pair.Value.UnderWay == 0).OrderBy(pair => pair.Value.Failures).ThenBy(pair => pair.Value.Last).Take(Capacity / 2).ToArray())
            {
                _counts.Remove(key);
            }
        }
    }

    private sealed class Count
    {
        public int Failures;
        public int UnderWay;
        public DateTimeOffset Last;
        public DateTimeOffset Until;
    }
}
