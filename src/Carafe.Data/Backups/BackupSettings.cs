using System.ComponentModel.DataAnnotations;

namespace Carafe.Data.Backups;

/// <summary>Holds the settings of backups by schedule.</summary>
internal sealed class BackupSettings
{
    /// <summary>
    /// Gets <c>BACKUP_FOLDER</c>: where backups of the database are written by schedule, relative to the data folder; another disk than the database's.
    /// Default: none, and none are written.
    /// </summary>
    public string? BackupFolder { get; init; }

    /// <summary>Gets <c>BACKUP_INTERVAL</c>: how long after the last backup the next one is written. Default: 1 day.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "31.00:00:00")]
    public TimeSpan BackupInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Gets <c>BACKUP_KEEP</c>: how many backups are kept; older ones are deleted after a new one was verified. Default: 7.</summary>
    [Range(1, 1000)]
    public int BackupKeep { get; init; } = 7;
}
