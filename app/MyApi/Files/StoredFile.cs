using Microsoft.Net.Http.Headers;

namespace MyApi.Files;

/// <summary>
/// Represents a file's name, owner and properties. Its bytes are in the storage folder under <see cref="Blob"/>, a name that no caller chose.
/// </summary>
public sealed class StoredFile : ITimestamped, IVersioned
{
    public int Id { get; set; }

    [MaxLength(400)]
    public required string Path { get; set; }

    /// <summary>Gets or sets what is equal for paths that are too alike to be two files (<see cref="FileNames.Fold"/>). Unique.</summary>
    [MaxLength(420)]
    public required string FoldedPath { get; set; }

    public int UserId { get; set; }

    [MaxLength(32)]
    public required string Blob { get; set; }

    [MaxLength(100)]
    public required string ContentType { get; set; }

    public long Size { get; set; }

    /// <summary>Gets or sets the SHA-256 of the bytes, in lower-case hexadecimal.</summary>
    [MaxLength(64)]
    public required string Hash { get; set; }

    /// <summary>Gets a strong tag of what is stored and how often it was stored. Bytes stored again under another type are another state.</summary>
    public EntityTagHeaderValue ETag => new($"\"{Version}-{Hash}\"");

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; }
}
