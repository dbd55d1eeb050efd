using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Backups;

/// <summary>
/// Writes a backup whenever the newest one in the folder is older than the interval, verifies it, and deletes the oldest ones. What fails is logged and
/// tried again soon; no backup is deleted for one that failed.
/// </summary>
internal sealed class BackupService<TContext>(
    DatabaseHandle<TContext> handle, IOptions<BackupSettings> settings, DataFolder data, TimeProvider clock, BackupMetrics metrics,
    ILogger<BackupService<TContext>> logger)
    : BackgroundService
    where TContext : DbContext
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    private bool _hasWarned;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Value.BackupFolder is not { } folder)
        {
            return;
        }

        var files = new BackupFiles(data.Resolve(folder));
        var started = clock.GetUtcNow();
        while (true)
        {
            // SQLite works on the thread that asks.
            var wait = await Task.Run(() => RoundAsync(files, started, stoppingToken), stoppingToken);
            // In steps: a clock may be set, and another process may have written one meanwhile.
            await Task.Delay(wait < Again ? wait : Again, clock, stoppingToken);
        }
    }

    // How long to wait for the next round. Whatever fails in one must not end the app.
    private async Task<TimeSpan> RoundAsync(BackupFiles files, DateTimeOffset started, CancellationToken cancellationToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            var latest = now + settings.Value.BackupInterval;
            if (!_hasWarned && files.After(latest) is { } ahead)
            {
                _hasWarned = true;
                logger.LogWarning("The backup {Path} is dated ahead of this clock: it is neither counted nor deleted", ahead);
            }

            var newest = files.Newest(latest);
            metrics.SetNewest(newest ?? started);
            var wait = newest + settings.Value.BackupInterval - now ?? TimeSpan.Zero;
            return wait > TimeSpan.Zero ? wait : await WriteAsync(files, now, latest, cancellationToken) ? TimeSpan.Zero : Again;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError("The backup failed, and is tried again in {Time}: {Reason}", Again, error.Message);
            return Again;
        }
    }

    private async Task<bool> WriteAsync(BackupFiles files, DateTimeOffset now, DateTimeOffset latest, CancellationToken cancellationToken)
    {
        using var alone = files.TryLock();
        if (alone is null)
        {
            return false;
        }

        var isKept = false;
        try
        {
            var (path, unverified) = (files.PathOf(now), files.UnverifiedPathOf(now));
            files.DeleteUnverified();
            await handle.Database.BackupAsync(unverified, cancellationToken);
            string? obstacle;
            try
            {
                obstacle = await handle.Database.VerifyBackupAsync(unverified, cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The server may be at fault and not the file: until the next try it is better than none.
                isKept = true;
                throw new CommandException($"{error.Message} It is kept as {unverified} until then.");
            }

            File.Move(unverified, path, overwrite: false);
            files.Prune(settings.Value.BackupKeep, latest);
            if (obstacle is null)
            {
                logger.LogInformation("Wrote the backup {Path} and restored it on trial", path);
            }
            else
            {
                logger.LogWarning("Wrote the backup {Path} and read it to its end, but did not restore it on trial: {Reason}", path, obstacle);
            }

            return true;
        }
        finally
        {
            if (!isKept)
            {
                files.DeleteUnverified();
            }
        }
    }
}
