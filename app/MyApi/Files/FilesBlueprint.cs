namespace MyApi.Files;

/// <summary>Anyone may read, anyone signed in may store, only the owner or an admin may replace or delete.</summary>
public sealed class FilesBlueprint : IBlueprint
{
    public static string Name => "files";

    public static void Map(RouteGroupBuilder files)
    {
        files.MapGet("/{**path}", GetFile).AllowAnonymous().ProducesErrors(403);
        files.MapPut("/{**path}", PutFile).Accepts<Stream>("*/*").ProducesErrors(409, 507);
        files.MapDelete("/{**path}", DeleteFile);
    }

    /// <summary>Fetch a file's bytes. Range and conditional requests are supported (RFC 9110 sections 13 and 14).</summary>
    internal static async Task<FileStreamHttpResult> GetFile(FilePath path, AppDb db, FileStore store, HttpContext context)
    {
        RefuseServiceWorkers(context.Request);
        string? missing = null;
        while (true)
        {
            var file = await db.Files.AsNoTracking().FirstOr404Async(f => f.Path == path.Value, $"File '{path.Value}' not found");
            if (await store.OpenAsync(file, context.RequestAborted) is { } bytes)
            {
                // Whatever the bytes are, a browser saves them and runs nothing of them in this origin.
                context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
                return TypedResults.Stream(bytes, FileTypes.Served(file.ContentType), path.Name, file.UpdatedAt, file.ETag, enableRangeProcessing: true);
            }

            // Somebody may have replaced it after the row was read.
            missing = file.Blob != missing ? file.Blob : throw store.Missing(file);
        }
    }

    /// <summary>Store a file, or replace one's own. The body is the file.</summary>
    internal static async Task<Results<Created, NoContent>> PutFile(FilePath path, HttpRequest request, AppDb db, FileStore store, Quota quota,
        CurrentUser me, Preconditions preconditions, CancellationToken cancel)
    {
        var owner = (await FindMineAsync(path, db, me, preconditions, cancel))?.UserId ?? me.Id;
        await using var blob = await store.ReceiveAsync(request, cancel);
        for (var attempt = 1; ; attempt++)
        {
            db.ChangeTracker.Clear();
            await using var turn = await quota.TakeTurnAsync(owner, cancel);
            // Checked again: the upload may have taken long.
            var file = await FindMineAsync(path, db, me, preconditions, cancel);
            if (file is null)
            {
                await RefuseLookalikesAsync(path, db, cancel);
            }

            if (owner != (file?.UserId ?? me.Id))
            {
                owner = file?.UserId ?? me.Id;
                continue;
            }

            await quota.RequireRoomForFileAsync(owner, path.Value, blob.Size, cancel);
            var replaced = file?.Blob;
            file ??= db.Files.Add(
                new StoredFile { Path = path.Value, FoldedPath = path.Folded, UserId = me.Id, Blob = "", ContentType = "", Hash = "" }).Entity;
            (file.Blob, file.ContentType, file.Size, file.Hash) = (blob.Name, blob.ContentType, blob.Size, blob.Hash);
            // A commit whose response is lost may have been made, so nothing cancels it. What no row names is left to the sweep.
            blob.IsKept = true;
            try
            {
                await db.SaveChangesAsync(CancellationToken.None);
                await turn.CommitAsync(CancellationToken.None);
            }
            catch (DbUpdateException) when (attempt < 20)
            {
                // Another request stored the same path at the same moment. The last one replaces it, if the preconditions still hold.
                blob.IsKept = false;
                continue;
            }

            if (replaced is null)
            {
                return TypedResults.Created($"/files/{path.Escaped}");
            }

            store.Delete(replaced);
            return TypedResults.NoContent();
        }
    }

    /// <summary>Delete a file.</summary>
    internal static async Task<NoContent> DeleteFile(
        FilePath path, AppDb db, FileStore store, CurrentUser me, Preconditions preconditions, CancellationToken cancellationToken)
    {
        var file = await FindMineAsync(path, db, me, preconditions, default) ?? throw Abort.NotFound($"File '{path.Value}' not found");
        db.Files.Remove(file);
        await db.SaveChangesAsync(cancellationToken);
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

    private static async Task RefuseLookalikesAsync(FilePath path, AppDb db, CancellationToken cancel)
    {
        var folded = path.Folded;
        if (await db.Files.AnyAsync(f => f.FoldedPath == folded, cancel))
        {
            throw Abort.Conflict($"There is a file whose name differs from '{path.Value}' only in case, or looks the same.");
        }
    }

    // A service worker would serve every page of this origin (https://w3c.github.io/ServiceWorker/#service-worker-script-request).
    private static void RefuseServiceWorkers(HttpRequest request)
    {
        if (request.Headers.ContainsKey("Service-Worker"))
        {
            throw Abort.Forbidden("A file is no service worker.");
        }
    }
}
