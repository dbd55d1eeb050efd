using System.Security.Cryptography;

namespace MyApi.Files;

/// <summary>Bytes that have just arrived. Disposing drops them unless they are kept.</summary>
public sealed class NewBlob(FileStore store, string name, string contentType) : IAsyncDisposable
{
    public string Name => name;

    public string ContentType => contentType;

    public long Size { get; private set; }

    public string Hash { get; private set; } = "";

    /// <summary>Gets or sets whether they stay. Default: false.</summary>
    public bool IsKept { get; set; }

    public ValueTask DisposeAsync()
    {
        if (!IsKept)
        {
            store.Delete(name);
        }

        return ValueTask.CompletedTask;
    }

    internal async Task FillAsync(Stream body, long limit, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        FileStream file = null!;
        // No other process opens it meanwhile, and so no sweep takes it for old.
        store.Stored(() => file = new FileStream(store.Locate(name), Options()));
        await using (file)
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await body.ReadAsync(buffer, cancel)) > 0;)
            {
                Size += read;
                if (Size > limit)
                {
                    throw store.TooLarge();
                }

                hash.AppendData(buffer, 0, read);
                var bytes = buffer.AsMemory(0, read);
                await store.StoredAsync(() => file.WriteAsync(bytes, cancel));
            }

            // The row is committed after this, and an acknowledged file survives a crash.
            store.Stored(() => file.Flush(flushToDisk: true));
        }

        Hash = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static FileStreamOptions Options()
    {
        var options = PrivateFiles.Options(FileMode.CreateNew, options: FileOptions.Asynchronous);
        options.BufferSize = 1;
        return options;
    }
}
