namespace Carafe.Data.Checks;

/// <summary>Tells on what kind of file system a file is.</summary>
internal class FileSystems
{
    // SQLite's own page on it: locks over a network are wrong too often (https://www.sqlite.org/faq.html#q5).
    private static readonly string[] Networks = ["nfs", "cifs", "smb", "fuse.sshfs", "9p", "ceph", "glusterfs"];

    /// <summary>Gets the file system's kind; null where it is one of this machine.</summary>
    public string? Network(string path) =>
        Format(path) is { } format && Array.Exists(Networks, network => format.StartsWith(network, StringComparison.OrdinalIgnoreCase)) ? format : null;

    protected virtual string Format(string path) => new DriveInfo(Path.GetDirectoryName(path)!).DriveFormat;
}
