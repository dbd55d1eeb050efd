using Carafe.Tasks.Definitions;

namespace Carafe.Tasks.Storage;

/// <summary>
/// Records how tasks end. Every statement asks that the task still belongs to the worker: one that lost its lease changes nothing, and is told so.
/// </summary>
internal sealed class OutcomeStore(TaskDatabase database, TaskSettings settings) : ITaskRecorder
{
    private const string IsMine = "worker = @worker AND state = 3";
    private const string Success = "UPDATE tasks SET state = 4, finished_at = NOW(), next_at = NOW() + retention, error = NULL, result = @result";

    /// <summary>Records that tasks of one worker without results and without tasks after them succeeded. Returns those that were still its own.</summary>
    public async Task<IReadOnlySet<Guid>> SucceedAsync(IReadOnlyList<ClaimedTask> tasks, CancellationToken cancellationToken)
    {
        var (ids, values) = TaskDatabase.In(tasks.Select(task => task.Id));
        var rows = await database.QueryAsync($"{Success} WHERE {IsMine} AND id IN ({ids}) RETURNING id", row => row.GetGuid(0), cancellationToken,
            [("worker", tasks[0].Worker), ("result", null), .. values]);
        return rows.ToHashSet();
    }

    /// <summary>Records that a task succeeded, and lets the one after it start if it was the last that it waited for.</summary>
    public Task<bool> SucceedAsync(ClaimedTask task, string? result, CancellationToken cancellationToken) => database.WithAsync(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await database.ExecuteAsync(db, $"{Success} WHERE {IsMine} AND id = @id", cancellationToken,
            ("id", task.Id), ("worker", task.Worker), ("result", result)) == 0)
        {
            return false;
        }

        if (task.ThenId is { } then)
        {
            // MariaDB and MySQL assign from left to right.
            await database.ExecuteAsync(db,
                """
                UPDATE tasks SET next_at = CASE WHEN waits <= 1 AND state = 2 THEN NOW() ELSE next_at END,
                    state = CASE WHEN waits <= 1 AND state = 2 THEN 0 ELSE state END, waits = waits - 1 WHERE id = @then AND waits > 0
                """,
                cancellationToken, ("then", then));
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    });

    /// <summary>Records a failure after which the task is tried again.</summary>
    public async Task<bool> RetryAsync(ClaimedTask task, TimeSpan delay, string error, CancellationToken cancellationToken) =>
        await database.ExecuteAsync($"UPDATE tasks SET state = 1, next_at = NOW() + @delay, error = @error WHERE {IsMine} AND id = @id", cancellationToken,
            ("id", task.Id), ("worker", task.Worker), ("delay", (long)delay.TotalMilliseconds), ("error", error)) == 1;

    /// <summary>Parks a task with its error.</summary>
    public async Task<bool> ParkAsync(ClaimedTask task, string error, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            $"UPDATE tasks SET state = 5, finished_at = NOW(), next_at = NOW() + @keep, error = @error WHERE {IsMine} AND id = @id", cancellationToken,
            ("id", task.Id), ("worker", task.Worker), ("keep", (long)settings.TaskFailedRetention.TotalMilliseconds), ("error", error)) == 1;

    /// <summary>Gives a task back that was not done, as if it had never been taken.</summary>
    public async Task<bool> GiveBackAsync(ClaimedTask task, CancellationToken cancellationToken) =>
        await database.ExecuteAsync($"UPDATE tasks SET state = 0, attempt = attempt - 1 WHERE {IsMine} AND id = @id", cancellationToken,
            ("id", task.Id), ("worker", task.Worker)) == 1;

    public Task ReportAsync(Guid id, double fraction, string? message, CancellationToken cancellationToken) =>
        database.ExecuteAsync("UPDATE tasks SET progress = @fraction, message = @message WHERE id = @id AND state = 3", cancellationToken,
            ("id", id), ("fraction", fraction), ("message", message));

    public async Task<IReadOnlyList<string?>> ResultsBeforeAsync(Guid id, CancellationToken cancellationToken) =>
        await database.QueryAsync("SELECT result FROM tasks WHERE then_id = @id AND state = 4 ORDER BY position",
            row => row.IsDBNull(0) ? null : row.GetString(0), cancellationToken, ("id", id));
}
