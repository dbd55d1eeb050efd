namespace Carafe.Tasks.Storage;

/// <summary>Keeps the list of workers, and takes the tasks of those that no longer report.</summary>
internal sealed class WorkerStore(TaskDatabase database, TaskSettings settings)
{
    public const string Prune =
        """
        DELETE FROM tasks WHERE id IN (SELECT t.id FROM tasks AS t WHERE t.state = @state AND t.next_at <= NOW()
            AND (t.then_id IS NULL OR NOT EXISTS (SELECT 1 FROM tasks AS n WHERE n.id = t.then_id AND n.state < 4)) ORDER BY t.next_at LIMIT @step)
        """;

    public const string Rescue =
        """
        UPDATE tasks SET state = CASE WHEN attempt >= max_attempts THEN 5 ELSE 0 END,
            next_at = CASE WHEN attempt >= max_attempts THEN NOW() + @keep ELSE next_at END,
            finished_at = CASE WHEN attempt >= max_attempts THEN NOW() ELSE NULL END,
            error = 'The worker that ran it ended, or did not report for longer than its lease.'
        WHERE state = 3 AND NOT EXISTS (SELECT 1 FROM task_workers AS w WHERE w.id = tasks.worker AND w.lease_until > NOW())
        """;

    public const string Expire = "t.state IN (0, 1) AND t.expires_at IS NOT NULL AND t.expires_at <= NOW()";
    public const string Skip = $"t.state IN (0, 1) AND t.unique_key IS NOT NULL AND {ClaimStore.IsDuplicate}";
    public const string ParkBlocked = "t.state = 2 AND EXISTS (SELECT 1 FROM tasks AS p WHERE p.then_id = t.id AND p.state IN (5, 6, 7, 8))";

    private const int Step = 500;

    /// <summary>Returns the statement that ends a batch of the tasks of a condition.</summary>
    public static string End(string error, string condition) =>
        $"""
        UPDATE tasks SET state = @state, finished_at = NOW(), next_at = NOW() + @keep, error = COALESCE({error}, error)
        WHERE state IN (0, 1, 2) AND id IN (SELECT t.id FROM tasks AS t WHERE {condition} LIMIT {Step})
        """;

    private long Lease => (long)settings.TaskLease.TotalMilliseconds;

    private long Keep => (long)settings.TaskFailedRetention.TotalMilliseconds;

    public Task AddAsync(WorkerRow worker, CancellationToken cancellationToken) => database.ExecuteAsync(
        """
        INSERT INTO task_workers (id, name, queues, concurrency, running, started_at, lease_until)
        VALUES (@id, @name, @queues, @concurrency, 0, NOW(), NOW() + @lease)
        """,
        cancellationToken, ("id", worker.Id), ("name", worker.Name), ("queues", worker.Queues), ("concurrency", worker.Concurrency), ("lease", Lease));

    /// <summary>Renews the lease. Returns false when it has ended: the tasks may be another's by now.</summary>
    public async Task<bool> RenewAsync(Guid worker, int running, CancellationToken cancellationToken)
    {
        var before = database.Clock.Local();
        var rows = await database.QueryAsync(
            "UPDATE task_workers SET lease_until = NOW() + @lease, running = @running WHERE id = @id AND lease_until > NOW() RETURNING NOW()",
            row => row.GetInt64(0), cancellationToken, ("id", worker), ("running", running), ("lease", Lease));
        if (rows is [var now])
        {
            database.Clock.Measure(before, now, database.Clock.Local());
        }

        return rows.Count == 1;
    }

    public Task RemoveAsync(Guid worker, CancellationToken cancellationToken) =>
        database.ExecuteAsync("DELETE FROM task_workers WHERE id = @id", cancellationToken, ("id", worker));

    /// <summary>Returns which of the tasks that a worker runs are not its own any more: cancelled, or taken away.</summary>
    public Task<List<Guid>> LostAsync(Guid worker, IReadOnlyList<Guid> running, CancellationToken cancellationToken)
    {
        var (ids, values) = TaskDatabase.In(running);
        return database.QueryAsync($"SELECT id FROM tasks WHERE id IN ({ids}) AND NOT (state = 3 AND worker = @worker)", row => row.GetGuid(0),
            cancellationToken, [("worker", worker), .. values]);
    }

    /// <summary>Gives back what a worker has taken and does not know of.</summary>
    public Task<int> ReturnAsync(Guid worker, IReadOnlyList<Guid> running, CancellationToken cancellationToken)
    {
        var (ids, values) = TaskDatabase.In(running.DefaultIfEmpty());
        return database.ExecuteAsync($"UPDATE tasks SET state = 0, attempt = attempt - 1 WHERE state = 3 AND worker = @worker AND id NOT IN ({ids})",
            cancellationToken, [("worker", worker), .. values]);
    }

    /// <summary>Takes the tasks of workers that no longer report. One that was at its last attempt is parked: it may be what ended them.</summary>
    public Task<int> RescueAsync(CancellationToken cancellationToken) => database.ExecuteAsync(Rescue, cancellationToken, ("keep", Keep));

    /// <summary>Ends what cannot start any more: expired tasks, second ones of a unique key, and those after a task that failed.</summary>
    public async Task<int> TidyAsync(CancellationToken cancellationToken)
    {
        var ended = await EndAsync(TaskState.Expired, "NULL", Expire, cancellationToken);
        ended += await EndAsync(TaskState.Skipped, "NULL", Skip, cancellationToken);
        ended += await EndAsync(TaskState.Failed, "'A task before it did not succeed.'", ParkBlocked, cancellationToken);
        return ended;
    }

    /// <summary>Deletes a batch of what is past its time. Returns whether there may be more.</summary>
    public async Task<bool> PruneAsync(CancellationToken cancellationToken)
    {
        await database.ExecuteAsync("DELETE FROM task_workers WHERE lease_until < NOW() - 3600000", cancellationToken);
        var deleted = 0;
        foreach (var state in new[] { TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled, TaskState.Expired, TaskState.Skipped })
        {
            deleted += await database.ExecuteAsync(Prune, cancellationToken, ("state", (int)state), ("step", Step));
        }

        return deleted >= Step;
    }

    private Task<int> EndAsync(TaskState state, string error, string condition, CancellationToken cancellationToken) =>
        database.ExecuteAsync(End(error, condition), cancellationToken, ("state", (int)state), ("keep", Keep));
}
