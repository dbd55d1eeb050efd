namespace Carafe.Tasks.Storage;

/// <summary>Keeps what each process counted in each minute. A process writes rows of its own alone, so that none waits for another's.</summary>
internal sealed class MinuteStore(TaskDatabase database)
{
    /// <summary>How long they are kept, in milliseconds: the last hour.</summary>
    public const long Kept = 3_600_000;

    private const int MostRows = 20_000;

    public async Task WriteAsync(MinuteRow row, CancellationToken cancellationToken)
    {
        (string, object?)[] values = [("at", row.StartsAt), ("source", row.Source), ("succeeded", row.Succeeded), ("retried", row.Retried),
            ("failed", row.Failed), ("waits", row.Waits), ("runs", row.Runs)];
        if (await database.ExecuteAsync(
            """
            UPDATE task_minutes SET succeeded = @succeeded, retried = @retried, failed = @failed, waits = @waits, runs = @runs
            WHERE starts_at = @at AND source = @source
            """, cancellationToken, values) == 0)
        {
            await database.ExecuteAsync(
                """
                INSERT INTO task_minutes (starts_at, source, succeeded, retried, failed, waits, runs)
                VALUES (@at, @source, @succeeded, @retried, @failed, @waits, @runs)
                """, cancellationToken, values);
        }
    }

    /// <summary>Reads the rows since a time: one for each minute and each process that ran a task in it.</summary>
    public Task<List<MinuteRow>> ReadAsync(long since, CancellationToken cancellationToken) => database.QueryAsync(
        $"SELECT starts_at, source, succeeded, retried, failed, waits, runs FROM task_minutes WHERE starts_at >= @since ORDER BY starts_at DESC "
            + $"LIMIT {MostRows}",
        row => new MinuteRow
        {
            StartsAt = row.GetInt64(0),
            Source = row.GetGuid(1),
            Succeeded = row.GetInt64(2),
            Retried = row.GetInt64(3),
            Failed = row.GetInt64(4),
            Waits = row.GetString(5),
            Runs = row.GetString(6),
        },
        cancellationToken, ("since", since));

    public Task PruneAsync(CancellationToken cancellationToken) =>
        database.ExecuteAsync("DELETE FROM task_minutes WHERE starts_at < NOW() - @kept", cancellationToken, ("kept", Kept + 60_000));
}
