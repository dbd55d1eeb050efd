using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Backups;

/// <summary>Checks that backups by schedule are there, and can be tried.</summary>
internal static class BackupChecks<TContext>
    where TContext : DbContext
{
    private static readonly TimeSpan Late = TimeSpan.FromDays(1);

    public static IEnumerable<Check> All =>
    [
        new("C431", CheckSeverity.Warning, Stale)
        {
            Why = "What was written since the last backup is lost with the disk.",
            Remedy = "The log says why, as an error: a folder that cannot be written, a full disk, tools of the server that are missing.",
            Page = "docs/checks.md#c431",
            Deploy = true,
        },
        new("C432", CheckSeverity.Warning, async (context, stop) =>
            context.Services.GetRequiredService<BackupSettings>().BackupFolder is not null
            && await context.Services.GetRequiredService<DatabaseHandle<TContext>>().Database.FindRestoreObstacleAsync(stop) is { } reason ? [reason] : [])
        {
            Why = "A backup that was never restored may not be one: it is read to its end, and that is all.",
            Remedy = "ALTER ROLE myapi CREATEDB; on MySQL GRANT ALL ON `myapi\\_carafe\\_trial`.* TO the app's user",
            Page = "docs/checks.md#c432",
            Deploy = true,
        },
    ];

    private static IEnumerable<string> Stale(CheckContext context)
    {
        var settings = context.Services.GetRequiredService<BackupSettings>();
        if (settings.BackupFolder is not { } folder)
        {
            return [];
        }

        var now = context.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var oldest = now - (settings.BackupInterval > Late ? settings.BackupInterval : Late);
        try
        {
            var newest = new BackupFiles(context.Services.GetRequiredService<DataFolder>().Resolve(folder)).Newest(now + settings.BackupInterval);
            return newest is null ? [$"{folder} holds no backup."] : newest < oldest ? [$"The newest backup in {folder} is of {newest:u}."] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [$"{folder} cannot be listed: {error.Message}"];
        }
    }
}
