
namespace Carafe.Tasks.Storage;

/// <summary>Cancels, retries and deletes tasks for whoever steers them.</summary>
internal sealed class TaskSteering(TaskDatabase database, TaskSettings settings, TaskWaker waker)
{
    public async Task<bool> CancelAsync(Guid id, CancellationToken cancellationToken) => await database.ExecuteAsync(
        "UPDATE tasks SET state = 6, finished_at = NOW(), next_at = NOW() + @keep WHERE id = @id AND state IN (0, 1, 2, 3)", cancellationToken,
        ("id", id), ("keep", (long)settings.TaskFailedRetention.TotalMilliseconds)) == 1;

    public Task<bool> RetryAsync(Guid id, CancellationToken cancellationToken) => database.WithAsync(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var then = await database.QueryAsync(db,
            """
            UPDATE tasks SET state = CASE WHEN waits > 0 THEN 2 ELSE 0 END, attempt = 0, next_at = NOW(), finished_at = NULL, expires_at = NULL
            WHERE id = @id AND state IN (5, 6, 7) RETURNING then_id
            """,
            row => row.IsDBNull(0) ? (Guid?)null : row.GetGuid(0), cancellationToken, ("id", id));
        // Those that were parked because this one failed.
        for (var next = then is [{ } first] ? first : (Guid?)null; next is { } blocked;)
        {
            var after = await database.QueryAsync(db,
                "UPDATE tasks SET state = 2, finished_at = NULL, error = NULL WHERE id = @id AND state = 5 AND waits > 0 RETURNING then_id",
                row => row.IsDBNull(0) ? (Guid?)null : row.GetGuid(0), cancellationToken, ("id", blocked));
            next = after is [{ } further] ? further : null;
        }

        await transaction.CommitAsync(cancellationToken);
        if (then.Count == 1)
        {
            waker.WakeAll(db);
        }

        return then.Count == 1;
    });

    /// <summary>Deletes tasks of a state, in batches, and returns how many.</summary>
    public async Task<int> PurgeAsync(TaskState state, string? queue, CancellationToken cancellationToken)
    {
        for (var deleted = 0; ;)
        {
            var batch = await database.ExecuteAsync(
                $"DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE state = @state {(queue is null ? "" : "AND queue = @queue")} LIMIT 500)",
                cancellationToken, queue is null ? [("state", (int)state)] : [("state", (int)state), ("queue", queue)]);
            deleted += batch;
            if (batch < 500)
            {
                return deleted;
            }
        }
    }
}
