using System.Data.Common;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Backups;

/// <summary>
/// Writes a backup whenever the newest one in the folder is older than the interval, verifies it, and deletes the oldest ones. What fails is logged and
/// tried again soon; no backup is deleted for one that failed.
/// </summary>
internal sealed class BackupService<TContext>(
    DatabaseHandle<TContext> handle, IOptions<BackupSettings> settings, DataFolder data, TimeProvider clock, ILogger<BackupService<TContext>> logger)
    : BackgroundService
    where TContext : DbContext
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Value.BackupFolder is not { } folder)
        {
            return;
        }

        var files = new BackupFiles(data.Resolve(folder));
        while (true)
        {
            var wait = files.Newest is { } last ? last + settings.Value.BackupInterval - clock.GetUtcNow() : TimeSpan.Zero;
            if (wait <= TimeSpan.Zero)
            {
                // SQLite works on the thread that asks.
                wait = await Task.Run(() => WriteAsync(files, stoppingToken), stoppingToken) ? TimeSpan.Zero : Again;
            }

            // In steps: a clock may be set, and another process may have written one meanwhile.
            await Task.Delay(wait < Again ? wait : Again, clock, stoppingToken);
        }
    }

    private async Task<bool> WriteAsync(BackupFiles files, CancellationToken cancellationToken)
    {
        try
        {
            using var alone = files.TryLock();
            if (alone is null)
            {
                return false;
            }

            var now = clock.GetUtcNow();
            var (path, unverified) = (files.PathOf(now), files.PathOf(now) + ".unverified");
            File.Delete(unverified);
            await handle.Database.BackupAsync(unverified, cancellationToken);
            await handle.Database.VerifyBackupAsync(unverified, cancellationToken);
            File.Move(unverified, path, overwrite: false);
            files.Prune(settings.Value.BackupKeep);
            logger.LogInformation("Wrote the backup {Path} and verified it", path);
            return true;
        }
        catch (Exception error) when (error is CommandException or DbException or IOException or UnauthorizedAccessException)
        {
            logger.LogError("The backup failed, and is tried again in {Time}: {Reason}", Again, error.Message);
            return false;
        }
    }
}
