namespace MyApi.Files;

/// <summary>Deletes at start and once a day what a crash left behind: bytes older than a day that no row names, in a folder that is the app's own.</summary>
internal sealed class FileSweep(FileFolder folder, FileStore store, IServiceScopeFactory scopes, TimeProvider clock, ILogger<FileSweep> logger)
    : BackgroundService
{
    private const int Few = 100;

    private static readonly TimeSpan Age = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Age, clock);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // There is another one tomorrow; a server that serves is not ended for this.
                logger.LogWarning("The files were not swept: {Reason}", error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Sweeps once.</summary>
    internal async Task SweepAsync(CancellationToken cancel)
    {
        if (!Directory.Exists(folder.Root))
        {
            return;
        }

        folder.Make();
        if (!folder.IsMarked)
        {
            logger.LogWarning("FILES_FOLDER {Folder} held files when this app first used it, so it is never swept. Give the app an empty folder of its own",
                folder.Root);
            return;
        }

        // Old by the clock of the app and by that of the file system: one that is wrong, or that runs ahead of another server's, makes nothing old.
        var now = clock.GetUtcNow();
        var stamp = folder.Probe();
        var orphans = await OrphansAsync([.. folder.OlderThan((stamp < now ? stamp : now) - Age)], cancel);
        foreach (var orphan in orphans.Where(IsFree))
        {
            store.Delete(orphan.Name);
            logger.LogWarning("Removed {Blob} ({Size} bytes, written {Written:u}): no file has these bytes", orphan.Name, orphan.Length,
                orphan.LastWriteTimeUtc);
        }
    }

    private async Task<IReadOnlyList<FileInfo>> OrphansAsync(IReadOnlyList<FileInfo> old, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var orphans = new List<FileInfo>();
        foreach (var some in old.Chunk(500))
        {
            var names = some.Select(file => file.Name).ToArray();
            var named = await db.Files.Where(file => names.Contains(file.Blob)).Select(file => file.Blob).ToHashSetAsync(cancel);
            orphans.AddRange(some.Where(file => !named.Contains(file.Name)));
        }

        // A crash leaves few behind. Where most belong to no row, the rows are those of another database.
        if (orphans.Count > 0 && (!await db.Files.AnyAsync(cancel) || (orphans.Count > Few && orphans.Count > old.Count / 2)))
        {
            logger.LogWarning("{Count} of {All} files in {Folder} belong to no row. None was removed: is DATABASE_URL the database of this folder?",
                orphans.Count, old.Count, folder.Root);
            return [];
        }

        return orphans;
    }

    // Somebody receives or reads one that is locked.
    private static bool IsFree(FileInfo file)
    {
        try
        {
            using var only = file.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
