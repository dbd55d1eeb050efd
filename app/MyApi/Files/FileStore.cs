using Microsoft.AspNetCore.Http.Features;

namespace MyApi.Files;

/// <summary>Keeps bytes on disk under names of its own making.</summary>
public sealed class FileStore(FileSettings settings, FileFolder folder, BlobChecks checks, ILogger<FileStore> logger)
{
    /// <summary>Returns where a blob lies.</summary>
    public string Locate(string blob) => folder.Locate(blob);

    /// <summary>Deletes a blob. One that cannot be deleted is left to the sweep: its row is gone, and so is the file for every caller.</summary>
    public void Delete(string blob)
    {
        checks.Forget(blob);
        try
        {
            if (File.Exists(Locate(blob)))
            {
                File.Delete(Locate(blob));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("{Blob} cannot be deleted, and is left to the sweep: {Reason}", blob, error.Message);
        }
    }

    /// <summary>Opens the bytes of a row, or returns null where they are not there.</summary>
    /// <exception cref="AbortException">500: the bytes are not those that were stored. 503: they cannot be read.</exception>
    public async Task<FileStream?> OpenAsync(StoredFile file, CancellationToken cancel)
    {
        FileStream? bytes = null;
        try
        {
            bytes = new FileStream(Locate(file.Blob), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous
                | FileOptions.SequentialScan);
            if (await checks.IsWholeAsync(file, bytes, cancel))
            {
                return bytes;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            checks.NoteUnreadable(file, error.Message);
            throw new AbortException(new ApiError(StatusCodes.Status503ServiceUnavailable) { RetryAfter = TimeSpan.FromSeconds(30) });
        }

        await bytes.DisposeAsync();
        throw Damaged(file);
    }

    /// <summary>Returns the error for a row without its bytes, and logs the first.</summary>
    public AbortException Missing(StoredFile file)
    {
        checks.NoteMissing(file);
        return Damaged(file);
    }

    /// <summary>Streams a request's body to disk. Past the limit: 413. The blob is dropped again unless it is kept.</summary>
    public async Task<NewBlob> ReceiveAsync(HttpRequest request, CancellationToken cancel)
    {
        if (FileTypes.IsEnvelope(request.ContentType))
        {
            throw new AbortException(new ApiError(StatusCodes.Status415UnsupportedMediaType, "The body is the file itself, not a form with the file in it."));
        }

        if (request.ContentLength > settings.FilesMaxBytes)
        {
            throw TooLarge();
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // The server would count the framing of chunks as well. What is counted below is the file.
            limit.MaxRequestBodySize = null;
        }

        return await ReceiveAsync(request.Body, FileTypes.Received(request.ContentType), cancel);
    }

    /// <summary>Streams bytes to disk. The blob is dropped again unless it is kept.</summary>
    /// <exception cref="AbortException">507: the disk is full. 503: the folder takes no files.</exception>
    public async Task<NewBlob> ReceiveAsync(Stream bytes, string contentType, CancellationToken cancel)
    {
        var blob = new NewBlob(this, Guid.NewGuid().ToString("N"), contentType);
        try
        {
            Stored(folder.Make);
            await blob.FillAsync(bytes, settings.FilesMaxBytes, cancel);
            folder.Recover();
            return blob;
        }
        catch
        {
            await blob.DisposeAsync();
            throw;
        }
    }

    internal AbortException TooLarge() => new(new ApiError(StatusCodes.Status413PayloadTooLarge, $"A file may have {settings.FilesMaxBytes} bytes at most."));

    /// <summary>Writes to disk. Only here is an I/O error one of the folder and not of the connection that the bytes come from.</summary>
    internal void Stored(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AbortException(folder.Report(error));
        }
    }

    /// <summary>Writes to disk without blocking a thread.</summary>
    internal async Task StoredAsync(Func<ValueTask> write)
    {
        try
        {
            await write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new AbortException(folder.Report(error));
        }
    }

    private static AbortException Damaged(StoredFile file) =>
        new(new ApiError(StatusCodes.Status500InternalServerError,
            $"The stored bytes of '{file.Path}' are damaged. Store the file again.")
        { Reason = "file_damaged" });
}
