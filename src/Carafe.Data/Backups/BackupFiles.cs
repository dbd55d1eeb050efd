using System.Globalization;

namespace Carafe.Data.Backups;

/// <summary>Names the backups of a folder by their time. Other files there are left alone.</summary>
internal sealed class BackupFiles(string folder)
{
    private const string Stamp = "yyyyMMdd'T'HHmmss'Z'";
    private const string Extension = ".backup";
    private const string Unverified = ".unverified";

    // What .NET makes of a file that another process holds.
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    public string PathOf(DateTimeOffset time) => Path.Combine(folder, time.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture) + Extension);

    public string UnverifiedPathOf(DateTimeOffset time) => PathOf(time) + Unverified;

    /// <summary>Returns the time of the newest backup that is not dated later than a time: a clock that once was wrong must not stop the backups.</summary>
    public DateTimeOffset? Newest(DateTimeOffset latest) =>
        All().Where(backup => backup.Time <= latest).Select(backup => (DateTimeOffset?)backup.Time).FirstOrDefault();

    /// <summary>Returns a backup that is dated later than a time.</summary>
    public string? After(DateTimeOffset latest) => All().Where(backup => backup.Time > latest).Select(backup => backup.Path).FirstOrDefault();

    /// <summary>Deletes all but the newest; those that are dated later than a time neither count nor go.</summary>
    public void Prune(int keep, DateTimeOffset latest)
    {
        foreach (var (path, _) in All().Where(backup => backup.Time <= latest).Skip(keep))
        {
            File.Delete(path);
        }
    }

    /// <summary>Deletes what attempts that failed have left. Only whoever holds the lock may.</summary>
    public void DeleteUnverified()
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"*{Extension}{Unverified}*"))
        {
            File.Delete(path);
        }
    }

    /// <summary>Takes the right to write here, for one process at a time; null where another has it.</summary>
    public FileStream? TryLock()
    {
        PrivateFiles.CreateFolder(folder);
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite));
        }
        catch (IOException error) when (error.HResult is SharingViolation or LinuxWouldBlock or MacWouldBlock)
        {
            return null;
        }
    }

    private List<(string Path, DateTimeOffset Time)> All() =>
    [
        .. from path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, $"*{Extension}") : []
           let name = Path.GetFileNameWithoutExtension(path)
           let time = DateTimeOffset.TryParseExact(name, Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read) ? read : default
           where time != default
           orderby time descending
           select (path, time),
    ];
}
