using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace MyApi.Files;

/// <summary>The settings of the file store.</summary>
public sealed class FileSettings
{
    /// <summary><c>FILES_FOLDER</c>: where the bytes lie, relative to the content root.</summary>
    [Required]
    public string FilesFolder { get; set; } = "storage";

    /// <summary><c>FILES_MAX_BYTES</c>: the largest file, 10 MiB unless told.</summary>
    [Range(1, long.MaxValue)]
    public long FilesMaxBytes { get; set; } = 10 * 1024 * 1024;
}

/// <summary>Keeps bytes on disk under names of its own making.</summary>
public sealed class FileStore(FileSettings settings, IHostEnvironment environment)
{
    private readonly string _folder = Path.Combine(environment.ContentRootPath, settings.FilesFolder);

    /// <summary>Where a blob lies.</summary>
    public string Locate(string blob) => Path.Combine(_folder, blob);

    /// <summary>Deletes a blob; one that is not there is no error.</summary>
    public void Delete(string blob) => File.Delete(Locate(blob));

    /// <summary>The blobs that were written before an instant.</summary>
    public IEnumerable<string> OlderThan(DateTimeOffset instant) =>
        Directory.Exists(_folder) ? new DirectoryInfo(_folder).EnumerateFiles().Where(file => file.LastWriteTimeUtc < instant).Select(file => file.Name) : [];

    /// <summary>Streams a request's body to disk, and answers 413 past the limit. The blob is dropped again unless it is kept.</summary>
    public async Task<NewBlob> ReceiveAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > settings.FilesMaxBytes)
        {
            throw TooLarge();
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // The server would count the framing of chunks as well. What is counted below is the file.
            limit.MaxRequestBodySize = null;
        }

        return await ReceiveAsync(request.Body, ContentTypeOf(request), cancel);
    }

    /// <summary>Streams bytes to disk. The blob is dropped again unless it is kept.</summary>
    public async Task<NewBlob> ReceiveAsync(Stream bytes, string contentType, CancellationToken cancel)
    {
        Directory.CreateDirectory(_folder);
        var blob = new NewBlob(this, Guid.NewGuid().ToString("N"), contentType);
        try
        {
            await blob.FillAsync(bytes, settings.FilesMaxBytes, cancel);
            return blob;
        }
        catch
        {
            await blob.DisposeAsync();
            throw;
        }
    }

    internal AbortException TooLarge() => new(new ApiError(StatusCodes.Status413PayloadTooLarge, $"A file may have {settings.FilesMaxBytes} bytes at most."));

    private static string ContentTypeOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Length <= 100 ? type.MediaType.Value! : "application/octet-stream";
}

/// <summary>Bytes that have just arrived. Disposing drops them unless <see cref="Keep"/> was called.</summary>
public sealed class NewBlob(FileStore store, string name, string contentType) : IAsyncDisposable
{
    private bool _kept;

    public string Name => name;

    public string ContentType => contentType;

    public long Size { get; private set; }

    public string Hash { get; private set; } = "";

    public void Keep() => _kept = true;

    public ValueTask DisposeAsync()
    {
        if (!_kept)
        {
            store.Delete(name);
        }

        return ValueTask.CompletedTask;
    }

    internal async Task FillAsync(Stream body, long limit, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(store.Locate(name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        var buffer = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancel)) > 0;)
        {
            Size += read;
            if (Size > limit)
            {
                throw store.TooLarge();
            }

            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
        }

        // The row is committed after this, and an acknowledged file survives a crash.
        file.Flush(flushToDisk: true);
        Hash = Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
