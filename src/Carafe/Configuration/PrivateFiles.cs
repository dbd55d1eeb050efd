namespace Carafe;

/// <summary>
/// Creates files and folders that only the user who runs the app may open (modes 0600 and 0700), whatever the umask. On Windows the folder's permissions
/// decide.
/// </summary>
public static class PrivateFiles
{
    private const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates a folder and the missing ones above it. An existing folder keeps its mode.</summary>
    /// <param name="path">The folder.</param>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, ReadWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Returns options that open a file for this process alone and create it with mode 0600.</summary>
    /// <param name="mode">Whether the file may or must exist.</param>
    /// <param name="access">Default: writing.</param>
    /// <param name="options">Default: none.</param>
    public static FileStreamOptions Options(FileMode mode, FileAccess access = FileAccess.Write, FileOptions options = FileOptions.None)
    {
        var opened = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None, Options = options };
        if (!OperatingSystem.IsWindows())
        {
            opened.UnixCreateMode = ReadWrite;
        }

        return opened;
    }

    /// <summary>Makes an empty file, for a tool that goes on with it. Does nothing where there is one, or where it cannot be made: the tool says why.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Whether there is a file.</returns>
    public static bool Touch(string path)
    {
        try
        {
            using var file = File.Exists(path) ? null : new FileStream(path, Options(FileMode.OpenOrCreate));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Logs one warning for each file or folder that another user of the machine may open.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="paths">The files and folders; missing ones are skipped.</param>
    public static void Warn(ILogger logger, params IEnumerable<string> paths)
    {
        foreach (var path in OperatingSystem.IsWindows() ? [] : paths.Where(Path.Exists))
        {
            var mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
            if ((mode & Others) != 0)
            {
                logger.LogWarning("Other users of this machine may open {Path} (mode {Mode}). Run: chmod {Private} {Path}", path, Octal(mode),
                    Directory.Exists(path) ? "700" : "600", path);
            }
        }
    }

    private static string Octal(UnixFileMode mode) => $"0{Convert.ToString((int)mode, 8)}";
}
