using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Carafe.FastSqlite.Telemetry;

/// <summary>
/// Traces the statements that this layer runs, and measures its writer and its counts, under the source and the meter <c>Carafe.FastSqlite</c>. EF Core sees
/// no command of what is read directly, and listening to its commands turns direct reads off.
/// </summary>
internal static class SqliteTelemetry
{
    public const string Name = "Carafe.FastSqlite";

    private static readonly ActivitySource _source = new(Name);
    private static readonly Meter _meter = new(Name);

    private static readonly UpDownCounter<long> _queue = _meter.CreateUpDownCounter<long>("sqlite.write.queue", "{write}",
        "Writes that wait for the writer.");

    private static readonly Histogram<int> _batch = _meter.CreateHistogram("sqlite.write.batch", "{write}", "Writes that were committed together.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });

    private static readonly Counter<long> _counts = _meter.CreateCounter<long>("sqlite.count_cache.lookups", "{lookup}",
        "Counts of a table's rows, by whether the last one was still good.");

    /// <summary>Begins the span of a statement, if anybody listens. Nothing becomes its child: its rows are read as the app goes on.</summary>
    /// <param name="summary">What it does, without values.</param>
    /// <param name="database">The name of the file.</param>
    public static Activity? Begin(string summary, string database)
    {
        if (!_source.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        var span = _source.StartActivity(summary, ActivityKind.Client);
        if (span is not null)
        {
            Activity.Current = current;
            span.SetTag("db.system.name", "sqlite");
            span.SetTag("db.namespace", database);
            span.SetTag("db.query.summary", summary);
        }

        return span;
    }

    /// <summary>Ends a span, whatever the app is in the middle of.</summary>
    public static void End(Activity? span, Exception? exception = null)
    {
        if (span is null)
        {
            return;
        }

        if (exception is not null)
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag("error.type", exception.GetType().FullName);
        }

        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
    }

    public static void Queued() => _queue.Add(1);

    public static void Unqueued() => _queue.Add(-1);

    public static void Committed(int writes) => _batch.Record(writes);

    public static void Counted(bool isKnown) => _counts.Add(1, new KeyValuePair<string, object?>("result", isKnown ? "hit" : "miss"));
}
