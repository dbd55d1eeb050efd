namespace MyApi;

/// <summary>Holds how much an account may keep; 0 means without a bound.</summary>
public sealed class QuotaSettings
{
    /// <summary><c>QUOTA_POSTS</c>: the most posts of an account. Default: 10,000.</summary>
    [Range(0, int.MaxValue)]
    public int QuotaPosts { get; set; } = 10_000;

    /// <summary><c>QUOTA_FILES</c>: the most files of an account. Default: 1,000.</summary>
    [Range(0, int.MaxValue)]
    public int QuotaFiles { get; set; } = 1000;

    /// <summary><c>QUOTA_BYTES</c>: the most bytes of an account's files together. Default: 256 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long QuotaBytes { get; set; } = 256L * 1024 * 1024;
}

/// <summary>
/// Bounds how much an account may keep. It is no rate: what is deleted makes room. Requests at the same moment do not exceed it: on a database server those
/// of one account take turns under a lock on its row, over all replicas. On SQLite they take turns in one process; a second process on the same file
/// may exceed it by what both write at once.
/// </summary>
public sealed class Quota(QuotaSettings settings, AppDb db, QuotaTurns turns)
{
    /// <summary>Waits for the turn of an account. The caller reads what it changes after that, saves, commits the turn and disposes it.</summary>
    public async Task<QuotaTurn> TakeTurnAsync(int account, CancellationToken cancellationToken)
    {
        if (settings is { QuotaPosts: 0, QuotaFiles: 0, QuotaBytes: 0 })
        {
            return new QuotaTurn(null, account);
        }

        await turns.EnterAsync(account, cancellationToken);
        var turn = new QuotaTurn(turns, account);
        try
        {
            if (!db.Database.IsSqlite())
            {
                turn.Transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                // On PostgreSQL rows that refer to the account may still be written.
                await (db.Database.IsNpgsql()
                    ? db.Database.ExecuteSqlAsync($"SELECT id FROM users WHERE id = {account} FOR NO KEY UPDATE", cancellationToken)
                    : db.Database.ExecuteSqlAsync($"SELECT id FROM users WHERE id = {account} FOR UPDATE", cancellationToken));
            }

            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>Throws unless the account whose turn it is may have one more post.</summary>
    /// <exception cref="AbortException">403, reason <c>quota_exceeded</c>.</exception>
    public async Task RequireRoomForPostAsync(int account, CancellationToken cancellationToken)
    {
        if (settings.QuotaPosts > 0 && await db.Posts.CountAsync(post => post.UserId == account, cancellationToken) >= settings.QuotaPosts)
        {
            throw Exceeded(StatusCodes.Status403Forbidden, $"An account may have {settings.QuotaPosts} posts. Delete some first.");
        }
    }

    /// <summary>Throws unless the account whose turn it is may have a file, in place of the one at its path if there is one.</summary>
    /// <exception cref="AbortException">507, reason <c>quota_exceeded</c>.</exception>
    public async Task RequireRoomForFileAsync(int account, string path, long size, CancellationToken cancellationToken)
    {
        if (settings is { QuotaFiles: 0, QuotaBytes: 0 })
        {
            return;
        }

        var others = await db.Files.Where(file => file.UserId == account && file.Path != path)
            .GroupBy(file => file.UserId)
            .Select(files => new { Count = files.Count(), Bytes = files.Sum(file => file.Size) })
            .FirstOrDefaultAsync(cancellationToken);
        if (settings.QuotaFiles > 0 && others?.Count >= settings.QuotaFiles)
        {
            throw Exceeded(StatusCodes.Status507InsufficientStorage, $"An account may have {settings.QuotaFiles} files. Delete some first.");
        }

        if (settings.QuotaBytes > 0 && (others?.Bytes ?? 0) > settings.QuotaBytes - size)
        {
            throw Exceeded(
                StatusCodes.Status507InsufficientStorage, $"The files of an account may have {settings.QuotaBytes} bytes. Delete some first.");
        }
    }

    private static AbortException Exceeded(int status, string message) => Abort.With(new ApiError(status, message) { Reason = "quota_exceeded" });
}
