using Carafe.Tasks.Definitions;

namespace Carafe.Tasks.Storage;

/// <summary>Takes tasks for a worker. What one worker takes no other can.</summary>
internal sealed class ClaimStore(TaskDatabase database)
{
    // Another one with the key runs, waits in front, or ended well after this one was enqueued or so long before as the key is kept.
    public const string IsDuplicate =
        """
        EXISTS (SELECT 1 FROM tasks AS o WHERE o.unique_key = t.unique_key AND o.id <> t.id AND (o.state = 3
            OR (o.state IN (0, 1, 2) AND (o.enqueued_at < t.enqueued_at OR (o.enqueued_at = t.enqueued_at AND o.id < t.id)))
            OR (o.state = 4 AND o.finished_at > t.enqueued_at - o.unique_for)))
        """;

    private const string Candidates =
        $"""
        SELECT t.id FROM tasks AS t WHERE t.state = 0 AND t.lane = @lane AND (t.expires_at IS NULL OR t.expires_at > NOW())
            AND (t.unique_key IS NULL OR NOT {IsDuplicate}) ORDER BY t.rank, t.next_at, t.id LIMIT @take
        """;

    private const string Change = "UPDATE tasks SET state = 3, worker = @worker, attempt = attempt + 1, started_at = NOW(), progress = NULL, message = NULL";

    public const string OnSqlite = $"{Change} WHERE id IN ({Candidates}) RETURNING {ClaimedTask.Columns}";

    // Behind a point a name may be a reserved word, as rank is on MySQL 8.
    private static readonly string QualifiedColumns = string.Join(", ", ClaimedTask.Columns.Split(", ").Select(column => $"tasks.{column}"));

    // A plan may run the subquery of an IN again for each row, and take more than asked for; a materialized one runs once.
    public static readonly string OnPostgres =
        $"WITH picked AS MATERIALIZED ({Candidates} FOR UPDATE OF t SKIP LOCKED) {Change} FROM picked WHERE tasks.id = picked.id "
        + $"RETURNING {QualifiedColumns}, {TaskDatabase.WithoutFlush}";

    // MariaDB and MySQL return nothing from UPDATE.
    private const string PickOnMySql = $"{Candidates} FOR UPDATE SKIP LOCKED";

    public const string Promote =
        "UPDATE tasks SET state = 0 WHERE state = 1 AND id IN (SELECT id FROM tasks WHERE state = 1 AND next_at <= NOW() ORDER BY next_at LIMIT 1000)";

    public const string Running = "SELECT count(*) FROM tasks WHERE state = 3 AND lane = @lane";

    /// <summary>Returns the statement of <see cref="PeekAsync"/> for so many lanes.</summary>
    public static string Peek(int lanes)
    {
        var waiting = string.Join(" OR ", Enumerable.Range(0, lanes).Select(at => $"EXISTS (SELECT 1 FROM tasks WHERE state = 0 AND lane = @lane{at})"));
        return $"SELECT (SELECT next_at FROM tasks WHERE state = 1 ORDER BY next_at LIMIT 1), CASE WHEN {waiting} THEN 1 ELSE 0 END";
    }

    /// <summary>Takes up to so many tasks of a lane, in the order in which they are to start.</summary>
    public Task<List<ClaimedTask>> ClaimAsync(Lane lane, int take, Guid worker, CancellationToken cancellationToken) =>
        database.WithAsync(db => lane.IsLimited ? ClaimLimitedAsync(db, lane, take, worker, cancellationToken)
            : ClaimAsync(db, lane.Name, take, worker, cancellationToken));

    /// <summary>Reads what an idle worker needs: when the next task becomes due, and whether one waits in its lanes.</summary>
    public async Task<(long? NextDue, bool IsWaiting)> PeekAsync(IReadOnlyList<Lane> lanes, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(Peek(lanes.Count), row => (row.IsDBNull(0) ? (long?)null : row.GetInt64(0), row.GetInt32(1) == 1),
            cancellationToken, [.. lanes.Select((lane, at) => ($"lane{at}", (object?)lane.Name))]);
        return rows[0];
    }

    /// <summary>Lets tasks whose time has come wait for a worker.</summary>
    public Task<int> PromoteAsync(CancellationToken cancellationToken) => database.ExecuteAsync(Promote, cancellationToken);

    private async Task<List<ClaimedTask>> ClaimAsync(DbContext db, string lane, int take, Guid worker, CancellationToken cancellationToken)
    {
        var rows = TaskDatabase.IsMySql(db) ? await ClaimOnMySqlAsync(db, lane, take, worker, cancellationToken)
            : await database.QueryAsync(db, TaskDatabase.IsPostgres(db) ? OnPostgres : OnSqlite, row => ClaimedTask.Read(row, worker), cancellationToken,
                ("lane", lane), ("take", take), ("worker", worker));
        rows.Sort((one, other) => (one.Rank, one.EnqueuedAt, one.Id).CompareTo((other.Rank, other.EnqueuedAt, other.Id)));
        return rows;
    }

    private async Task<List<ClaimedTask>> ClaimOnMySqlAsync(DbContext db, string lane, int take, Guid worker, CancellationToken cancellationToken)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var picked = await database.QueryAsync(db, PickOnMySql, row => row.GetGuid(0), cancellationToken, ("lane", lane), ("take", take));
        if (picked.Count == 0)
        {
            return [];
        }

        var (ids, values) = TaskDatabase.In(picked);
        await database.ExecuteAsync(db, $"{Change} WHERE id IN ({ids})", cancellationToken, [("worker", worker), .. values]);
        var rows = await database.QueryAsync(db, $"SELECT {QualifiedColumns} FROM tasks WHERE id IN ({ids})", row => ClaimedTask.Read(row, worker),
            cancellationToken, values);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }

        return rows;
    }

    // The limit's row is the lock: the workers count one after the other.
    private async Task<List<ClaimedTask>> ClaimLimitedAsync(DbContext db, Lane lane, int take, Guid worker, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var rows = await database.QueryAsync(db,
            "INSERT INTO task_limits (lane, arrives_at) VALUES (@lane, 0) ON CONFLICT (lane) DO UPDATE SET lane = excluded.lane RETURNING arrives_at, NOW()",
            row => (Arrives: row.GetInt64(0), Now: row.GetInt64(1)), cancellationToken, ("lane", lane.Name));
        var (arrives, now) = rows[0];
        if (lane.Concurrency is { } most)
        {
            var running = await database.QueryAsync(db, Running, row => row.GetInt64(0), cancellationToken, ("lane", lane.Name));
            take = (int)Math.Min(take, Math.Max(0, most - running[0]));
        }

        var earliest = Math.Max(arrives, now);
        if (lane.Rate is { } rate)
        {
            var room = rate.Per.TotalMilliseconds - (earliest - now);
            take = Math.Min(take, (int)Math.Max(0, Math.Floor(room * rate.Count / rate.Per.TotalMilliseconds)));
        }

        var claimed = take > 0 ? await ClaimAsync(db, lane.Name, take, worker, cancellationToken) : [];
        if (lane.Rate is { } spent && claimed.Count > 0)
        {
            var next = earliest + (long)Math.Ceiling(claimed.Count * spent.Per.TotalMilliseconds / spent.Count);
            await database.ExecuteAsync(db, "UPDATE task_limits SET arrives_at = @next WHERE lane = @lane", cancellationToken,
                ("next", next), ("lane", lane.Name));
        }

        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }
}
