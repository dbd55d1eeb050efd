namespace MyApi.Files;

/// <summary>Holds the settings of the file store.</summary>
public sealed class FileSettings
{
    /// <summary><c>FILES_FOLDER</c>: where the bytes lie, relative to the data folder. Default: <c>storage</c>.</summary>
    [Required]
    public string FilesFolder { get; set; } = "storage";

    /// <summary><c>FILES_MAX_BYTES</c>: the largest file in bytes. Default: 10 MiB.</summary>
    [Range(1, long.MaxValue)]
    public long FilesMaxBytes { get; set; } = 10 * 1024 * 1024;
}
