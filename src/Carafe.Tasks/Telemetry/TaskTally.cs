using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Telemetry;

/// <summary>Counts what this process ran, minute by minute, for the page: a worker stores it each time that it reports.</summary>
internal sealed class TaskTally(MinuteStore store, TaskClock clock)
{
    private const long Minute = 60_000;
    private const int MostMinutes = 60;

    private readonly Guid _source = Guid.NewGuid();
    private readonly Lock _lock = new();
    private readonly List<Counts> _minutes = [];

    public void Add(OutcomeKind outcome, long waited, TimeSpan ran)
    {
        if (outcome is OutcomeKind.GiveBack or OutcomeKind.Lost)
        {
            return;
        }

        var now = clock.Now;
        lock (_lock)
        {
            var startsAt = now - (now % Minute);
            if (_minutes.Count == 0 || _minutes[^1].StartsAt < startsAt)
            {
                _minutes.Add(new Counts(startsAt));
            }

            // While the database is away, what is older than the page shows.
            if (_minutes.Count > MostMinutes)
            {
                _minutes.RemoveAt(0);
            }

            _minutes[^1].Add(outcome, waited, ran);
        }
    }

    /// <summary>Stores what has changed. What could not be stored is tried again the next time.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (Changed() is { } minute)
        {
            try
            {
                await store.WriteAsync(minute.Row, cancellationToken);
            }
            catch
            {
                lock (_lock)
                {
                    minute.Counts.IsChanged = true;
                }

                throw;
            }
        }

        lock (_lock)
        {
            _minutes.RemoveAll(minute => !minute.IsChanged && minute != _minutes[^1]);
        }
    }

    private (Counts Counts, MinuteRow Row)? Changed()
    {
        lock (_lock)
        {
            if (_minutes.Find(minute => minute.IsChanged) is not { } counts)
            {
                return null;
            }

            counts.IsChanged = false;
            return (counts, counts.ToRow(_source));
        }
    }

    private sealed class Counts(long startsAt)
    {
        private readonly DurationHistogram _waits = new();
        private readonly DurationHistogram _runs = new();
        private long _succeeded;
        private long _retried;
        private long _failed;

        public long StartsAt => startsAt;

        public bool IsChanged { get; set; }

        public void Add(OutcomeKind outcome, long waited, TimeSpan ran)
        {
            _waits.Add(waited);
            _runs.Add(ran.TotalMilliseconds);
            _succeeded += outcome == OutcomeKind.Succeeded ? 1 : 0;
            _retried += outcome == OutcomeKind.Retry ? 1 : 0;
            _failed += outcome == OutcomeKind.Parked ? 1 : 0;
            IsChanged = true;
        }

        public MinuteRow ToRow(Guid source) => new()
        {
            StartsAt = startsAt,
            Source = source,
            Succeeded = _succeeded,
            Retried = _retried,
            Failed = _failed,
            Waits = _waits.ToString(),
            Runs = _runs.ToString(),
        };
    }
}
