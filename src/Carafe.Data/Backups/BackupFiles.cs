using System.Globalization;

namespace Carafe.Data.Backups;

/// <summary>Names the backups of a folder by their time. Other files there are left alone.</summary>
internal sealed class BackupFiles(string folder)
{
    private const string Stamp = "yyyyMMdd'T'HHmmss'Z'";
    private const string Extension = ".backup";

    public string PathOf(DateTimeOffset time) => Path.Combine(folder, time.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture) + Extension);

    public DateTimeOffset? Newest => All().Select(backup => (DateTimeOffset?)backup.Time).FirstOrDefault();

    public void Prune(int keep)
    {
        foreach (var (path, _) in All().Skip(keep))
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
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
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
