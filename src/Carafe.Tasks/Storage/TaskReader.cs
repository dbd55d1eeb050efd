using System.Text.Json;
using Carafe.Tasks.Definitions;

namespace Carafe.Tasks.Storage;

/// <summary>Reads tasks, queues and workers for operators.</summary>
internal sealed class TaskReader(TaskDatabase database, MinuteStore minutes, TaskCatalog catalog)
{
    public const string Counts = "SELECT lane, state, count(*), min(next_at), NOW() FROM tasks WHERE state IN (0, 1, 2, 3, 5) GROUP BY lane, state";

    private const long Minute = 60_000;

    /// <summary>Returns tasks, the newest first; of a state those first that are due, or are to be deleted, last.</summary>
    public async Task<IReadOnlyList<TaskInfo>> ListAsync(TaskState? state, string? queue, string? name, int most, CancellationToken cancellationToken) =>
        await database.WithAsync(async db =>
            (IReadOnlyList<TaskInfo>)[.. (await Rows(db, state, queue, name, most).ToListAsync(cancellationToken)).Select(Read)]);

    /// <summary>Returns the query of <see cref="ListAsync"/>.</summary>
    internal static IQueryable<TaskRow> Rows(DbContext db, TaskState? state, string? queue, string? name, int most)
    {
        var rows = db.Set<TaskRow>().AsNoTracking();
        if (state is { } one)
        {
            rows = rows.Where(row => row.State == one);
        }

        if (queue is not null)
        {
            rows = rows.Where(row => row.Queue == queue);
        }

        if (name is not null)
        {
            rows = rows.Where(row => row.Name == name);
        }

        // The index of the state and this time: a page that asks again and again must not read a table of other tasks to find a hundred.
        return (state is null ? rows.OrderByDescending(row => row.Id) : rows.OrderByDescending(row => row.NextAt).ThenByDescending(row => row.Id)).Take(most);
    }

    /// <summary>Counts the tasks of each queue that the app knows or that has tasks.</summary>
    public async Task<IReadOnlyList<QueueInfo>> QueuesAsync(CancellationToken cancellationToken)
    {
        var counts = await database.QueryAsync(Counts,
            row => (Queue: row.GetString(0).Split('/')[0], State: (TaskState)row.GetInt32(1), Count: row.GetInt64(2), First: row.GetInt64(3),
                Now: row.GetInt64(4)),
            cancellationToken);
        return [.. catalog.Queues.Union(counts.Select(count => count.Queue)).Select(queue =>
        {
            long Of(TaskState state) => counts.Where(count => count.Queue == queue && count.State == state).Sum(count => count.Count);
            var oldest = counts.Where(count => count.Queue == queue && count.State == TaskState.Waiting).OrderBy(count => count.First).FirstOrDefault();
            return new QueueInfo(queue, Of(TaskState.Waiting), Of(TaskState.Scheduled), Of(TaskState.Blocked), Of(TaskState.Running), Of(TaskState.Failed),
                oldest.Count > 0 ? Math.Max(0, oldest.Now - oldest.First) / 1000d : 0);
        })];
    }

    /// <summary>Returns the workers that report.</summary>
    public Task<List<WorkerInfo>> WorkersAsync(CancellationToken cancellationToken) => database.QueryAsync(
        "SELECT name, queues, concurrency, running, started_at FROM task_workers WHERE lease_until > NOW() ORDER BY started_at, name",
        row => new WorkerInfo(row.GetString(0), row.GetString(1).Split(','), row.GetInt32(2), row.GetInt32(3),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4))), cancellationToken);

    /// <summary>Returns the last sixty minutes, the one that is under way at the end.</summary>
    public async Task<IReadOnlyList<TaskMinuteInfo>> HistoryAsync(CancellationToken cancellationToken)
    {
        var now = database.Clock.Now;
        var first = now - (now % Minute) - MinuteStore.Kept + Minute;
        var rows = (await minutes.ReadAsync(first, cancellationToken)).ToLookup(row => row.StartsAt);
        return [.. Enumerable.Range(0, (int)(MinuteStore.Kept / Minute)).Select(at => Sum(first + (at * Minute), rows))];
    }

    private static TaskMinuteInfo Sum(long startsAt, ILookup<long, MinuteRow> rows)
    {
        var (waits, runs) = (new DurationHistogram(), new DurationHistogram());
        foreach (var row in rows[startsAt])
        {
            waits.Add(row.Waits);
            runs.Add(row.Runs);
        }

        return new TaskMinuteInfo(At(startsAt), rows[startsAt].Sum(row => row.Succeeded), rows[startsAt].Sum(row => row.Retried),
            rows[startsAt].Sum(row => row.Failed))
        {
            WaitMedianSeconds = waits.Percentile(0.5),
            WaitP95Seconds = waits.Percentile(0.95),
            RunMedianSeconds = runs.Percentile(0.5),
            RunP95Seconds = runs.Percentile(0.95),
        };
    }

    /// <summary>Returns what the database knows of a schedule's ticks, by name.</summary>
    public async Task<IReadOnlyDictionary<string, (DateTimeOffset? Next, DateTimeOffset? Last)>> TicksAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync("SELECT name, next_at, last_at FROM task_schedules",
            row => (Name: row.GetString(0), Next: Time(row.GetInt64(1)), Last: row.IsDBNull(2) ? null : Time(row.GetInt64(2))), cancellationToken))
        .ToDictionary(row => row.Name, row => (row.Next, row.Last));

    /// <summary>Returns a row as operators and callers see it.</summary>
    public static TaskInfo Read(TaskRow row) =>
        new(row.Id, row.Name, row.Queue, row.State, -row.Rank, row.Attempt, row.MaxAttempts, At(row.EnqueuedAt))
        {
            DueAt = row.State == TaskState.Scheduled ? At(row.NextAt) : null,
            StartedAt = row.StartedAt is { } started ? At(started) : null,
            FinishedAt = row.FinishedAt is { } finished ? At(finished) : null,
            Progress = row.Progress,
            Message = row.Message,
            Error = row.Error,
            Arguments = JsonSerializer.Deserialize<JsonElement>(row.Arguments),
            Result = row.Result is { } result ? JsonSerializer.Deserialize<JsonElement>(result) : null,
            Owner = row.Owner,
        };

    private static DateTimeOffset? Time(long milliseconds) => milliseconds == long.MaxValue ? null : At(milliseconds);

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
