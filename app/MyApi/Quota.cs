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
public sealed class Quota(QuotaSettings settings, AppDb db, QuotaLine line)
{
    /// <summary>Takes room for one more post. The caller saves it, commits the room and disposes it.</summary>
    /// <exception cref="AbortException">403, reason <c>quota_exceeded</c>.</exception>
    public Task<QuotaRoom> TakeRoomForPostAsync(int user, CancellationToken cancellationToken) =>
        TakeAsync(settings.QuotaPosts > 0, "posts", user, 0, async (ahead, _) =>
            await db.Posts.CountAsync(post => post.UserId == user, cancellationToken) + ahead < settings.QuotaPosts
                ? null
                : new ApiError(StatusCodes.Status403Forbidden, $"An account may have {settings.QuotaPosts} posts. Delete some first."), cancellationToken);

    /// <summary>Takes room for a file, in place of the one at its path if there is one. The caller saves it, commits the room and disposes it.</summary>
    /// <exception cref="AbortException">507, reason <c>quota_exceeded</c>.</exception>
    public Task<QuotaRoom> TakeRoomForFileAsync(int user, string path, long size, CancellationToken cancellationToken) =>
        TakeAsync(settings.QuotaFiles > 0 || settings.QuotaBytes > 0, "files", user, size, async (ahead, bytesAhead) =>
        {
            var others = await db.Files.Where(file => file.UserId == user && file.Path != path)
                .GroupBy(file => file.UserId)
                .Select(files => new { Count = files.Count(), Bytes = files.Sum(file => file.Size) })
                .FirstOrDefaultAsync(cancellationToken);
            if (settings.QuotaFiles > 0 && (others?.Count ?? 0) + ahead >= settings.QuotaFiles)
            {
                return new ApiError(StatusCodes.Status507InsufficientStorage, $"An account may have {settings.QuotaFiles} files. Delete some first.");
            }

            return settings.QuotaBytes > 0 && (others?.Bytes ?? 0) + bytesAhead > settings.QuotaBytes - size
                ? new ApiError(StatusCodes.Status507InsufficientStorage,
                    $"The files of an account may have {settings.QuotaBytes} bytes. Delete some first.")
                : null;
        }, cancellationToken);

    private async Task<QuotaRoom> TakeAsync(
        bool isBounded, string kind, int user, long bytes, Func<int, long, Task<ApiError?>> refuse, CancellationToken cancellationToken)
    {
        if (!isBounded)
        {
            return new QuotaRoom(null, null);
        }

        var room = db.Database.ProviderName is "Microsoft.EntityFrameworkCore.Sqlite" ? new QuotaRoom(line.Enter(kind, user, bytes), null)
            : new QuotaRoom(null, await db.Database.BeginTransactionAsync(cancellationToken));
        try
        {
            if (db.Database.CurrentTransaction is not null)
            {
                await db.Database.ExecuteSqlAsync($"SELECT id FROM users WHERE id = {user} FOR UPDATE", cancellationToken);
            }

            while (true)
            {
                // Who is ahead is asked first: what they add meanwhile is counted twice, and then asked again, but never overlooked.
                var (ahead, bytesAhead, firstHasLeft) = room.Ahead();
                if (await refuse(ahead, bytesAhead) is not { } error)
                {
                    return room;
                }

                if (ahead == 0)
                {
                    throw Abort.With(error with { Reason = "quota_exceeded" });
                }

                await firstHasLeft.WaitAsync(cancellationToken);
            }
        }
        catch
        {
            await room.DisposeAsync();
            throw;
        }
    }
}
