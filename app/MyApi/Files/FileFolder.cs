using System.Text.RegularExpressions;

namespace MyApi.Files;

/// <summary>
/// Manages the folder on disk. It is created when it is first needed, for this user alone. An empty folder gets a mark, the folder <c>.myapi-storage</c>;
/// only what is under a mark may ever be swept. Trouble is logged when it begins and when it ends, not with each request.
/// </summary>
public sealed partial class FileFolder(FileSettings settings, DataFolder data, ILogger<FileFolder> logger)
{
    private const string Mark = ".myapi-storage";

    // ENOSPC and EDQUOT; ERROR_DISK_FULL.
    private static readonly int[] Full = [28, 122, unchecked((int)0x80070070)];

    private readonly Lock _lock = new();
    private bool _made;
    private string? _trouble;

    /// <summary>Gets the absolute path.</summary>
    public string Root { get; } = data.Resolve(settings.FilesFolder);

    /// <summary>Gets whether the app created this folder, or found it empty.</summary>
    public bool IsMarked => Directory.Exists(Path.Combine(Root, Mark));

    /// <summary>Returns where a blob lies.</summary>
    public string Locate(string blob) => Path.Combine(Root, blob);

    /// <summary>Makes the folder the first time. One that is gone later is not made again: something was mounted there, or moved away.</summary>
    public void Make()
    {
        lock (_lock)
        {
            if (_made)
            {
                return;
            }

            PrivateFiles.CreateFolder(Root);
            if (!Directory.EnumerateFileSystemEntries(Root).Any())
            {
                PrivateFiles.CreateFolder(Path.Combine(Root, Mark));
            }

            PrivateFiles.Warn(logger, Root);
            _made = true;
        }
    }

    /// <summary>Writes and removes a few bytes, and returns the time that the file system stamped them with.</summary>
    /// <exception cref="IOException">The folder takes no files.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder takes no files.</exception>
    public DateTimeOffset Probe()
    {
        Make();
        var probe = Path.Combine(IsMarked ? Path.Combine(Root, Mark) : Root, $".probe-{Guid.NewGuid():N}");
        try
        {
            using var file = new FileStream(probe, PrivateFiles.Options(FileMode.CreateNew));
            file.Write(new byte[4096]);
            file.Flush();
            return File.GetLastWriteTimeUtc(file.SafeFileHandle);
        }
        finally
        {
            File.Delete(probe);
        }
    }

    /// <summary>Lists the blobs that were last written before an instant.</summary>
    public IEnumerable<FileInfo> OlderThan(DateTimeOffset instant) =>
        new DirectoryInfo(Root).EnumerateFiles().Where(file => BlobName().IsMatch(file.Name) && file.LastWriteTimeUtc < instant);

    /// <summary>Returns what to tell a caller whose file could not be written, and logs it once for all of them.</summary>
    public ApiError Report(Exception error)
    {
        var full = Full.Contains(error.HResult);
        if (Interlocked.Exchange(ref _trouble, error.GetType().Name + error.HResult) != error.GetType().Name + error.HResult)
        {
            logger.LogError("Files cannot be stored in {Folder}: {Reason}", Root, error.Message);
        }

        return full
            ? new ApiError(StatusCodes.Status507InsufficientStorage, "There is no room for this file.")
            : new ApiError(StatusCodes.Status503ServiceUnavailable, "Files cannot be stored at the moment.") { RetryAfter = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Notes that a file was written.</summary>
    public void Recover()
    {
        if (_trouble is not null && Interlocked.Exchange(ref _trouble, null) is not null)
        {
            logger.LogInformation("Files can be stored in {Folder} again", Root);
        }
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex BlobName();
}
