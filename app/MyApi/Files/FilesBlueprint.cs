namespace MyApi.Files;

/// <summary>The files blueprint: anyone may read, anyone signed in may store, only the owner or an admin may replace or delete.</summary>
public sealed class FilesBlueprint : IBlueprint
{
    public static string Name => "files";

    public static void Map(RouteGroupBuilder files)
    {
        files.MapGet("/{**path}", GetFile).AllowAnonymous();
        files.MapPut("/{**path}", PutFile).Accepts<Stream>("*/*").ProducesErrors(409);
        files.MapDelete("/{**path}", DeleteFile);
    }

    /// <summary>Fetch a file's bytes. Range and conditional requests are answered (RFC 9110 sections 13 and 14).</summary>
    internal static async Task<PhysicalFileHttpResult> GetFile(FilePath path, AppDb db, FileStore store, HttpResponse response)
    {
        var file = await db.Files.FirstOr404Async(f => f.Path == path.Value, $"File '{path.Value}' not found");
        // Whatever the bytes are, a browser saves them and runs nothing of them in this origin.
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return TypedResults.PhysicalFile(store.Locate(file.Blob), file.ContentType, path.Name, file.UpdatedAt, file.ETag, enableRangeProcessing: true);
    }

    /// <summary>Store a file, or replace one's own. The body is the file.</summary>
    internal static async Task<Results<Created, NoContent>> PutFile(FilePath path, HttpRequest request, AppDb db, FileStore store, CurrentUser me, Preconditions preconditions, CancellationToken cancel)
    {
        await FindMineAsync(path, db, me, preconditions, cancel);
        await using var blob = await store.ReceiveAsync(request, cancel);
        for (var attempt = 1; ; attempt++)
        {
            // Asked again: the upload may have taken long.
            var file = await FindMineAsync(path, db, me, preconditions, cancel);
            var replaced = file?.Blob;
            file ??= db.Files.Add(new StoredFile { Path = path.Value, UserId = me.Id, Blob = "", ContentType = "", Hash = "" }).Entity;
            (file.Blob, file.ContentType, file.Size, file.Hash) = (blob.Name, blob.ContentType, blob.Size, blob.Hash);
            try
            {
                await db.SaveChangesAsync(cancel);
            }
            catch (DbUpdateException) when (attempt < 20)
            {
                // Somebody stored the same path at the same moment: whoever comes last replaces it, if the preconditions still hold.
                db.ChangeTracker.Clear();
                continue;
            }

            blob.Keep();
            if (replaced is null)
            {
                return TypedResults.Created($"/files/{path.Escaped}");
            }

            store.Delete(replaced);
            return TypedResults.NoContent();
        }
    }

    /// <summary>Delete a file.</summary>
    internal static async Task<NoContent> DeleteFile(FilePath path, AppDb db, FileStore store, CurrentUser me, Preconditions preconditions)
    {
        var file = await FindMineAsync(path, db, me, preconditions, default) ?? throw Abort.NotFound($"File '{path.Value}' not found");
        db.Files.Remove(file);
        await db.SaveChangesAsync();
        store.Delete(file.Blob);

        return TypedResults.NoContent();
    }

    private static async Task<StoredFile?> FindMineAsync(FilePath path, AppDb db, CurrentUser me, Preconditions preconditions, CancellationToken cancel)
    {
        var file = await db.Files.FirstOrDefaultAsync(f => f.Path == path.Value, cancel);
        if (file is not null)
        {
            me.RequireOwnerOrAdmin(file.UserId);
        }

        preconditions.ThrowIfFailed(file?.ETag, file?.UpdatedAt);
        return file;
    }
}
