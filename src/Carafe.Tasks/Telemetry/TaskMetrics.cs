using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Carafe.Tasks.Telemetry;

/// <summary>Counts and measures tasks, under the meter and the activity source <c>Carafe.Tasks</c>.</summary>
internal sealed class TaskMetrics : IDisposable
{
    public const string Name = "Carafe.Tasks";

    // Seconds: from a row that is written to a report that takes an hour. The default is made for milliseconds.
    private static readonly InstrumentAdvice<double> _seconds = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600] };

    private readonly Meter _meter;
    private readonly Counter<long> _enqueued;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _duration;
    private long _oldest;

    public TaskMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _enqueued = _meter.CreateCounter<long>("tasks.enqueued", "{task}", "Tasks that were committed.");
        _wait = _meter.CreateHistogram<double>("tasks.wait", "s", "How long tasks waited though they were due.", advice: _seconds);
        _duration = _meter.CreateHistogram<double>("tasks.duration", "s", "How long attempts ran, by their outcome.", advice: _seconds);
        _meter.CreateObservableGauge("tasks.oldest", () => Interlocked.Read(ref _oldest) / 1000d, "s",
            "How long the task waits that has been due for longest: it grows when a queue does not move.");
    }

    public ActivitySource Activities { get; } = new(Name);

    public void Enqueued(string task) => _enqueued.Add(1, new KeyValuePair<string, object?>("task", task));

    public void Started(string task, string queue, long waited) =>
        _wait.Record(waited / 1000d, new KeyValuePair<string, object?>("task", task), new KeyValuePair<string, object?>("queue", queue));

    public void Ended(string task, string outcome, TimeSpan duration) =>
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("task", task), new KeyValuePair<string, object?>("outcome", outcome));

    public void Oldest(long milliseconds) => Interlocked.Exchange(ref _oldest, milliseconds);

    public void Dispose()
    {
        _meter.Dispose();
        Activities.Dispose();
    }
}
