using MyApi.Files;

namespace MyApi.Users;

/// <summary>Deletes a user with everything they wrote: rows by the database's cascades, bytes after the rows are gone.</summary>
public sealed class UserDeletion(AppDb db, FileStore store)
{
    /// <summary>
    /// Deletes the user, or ends the request with 401 when it is the caller and the sign-in is old, with 404, or with 412 when the preconditions do not
    /// hold.
    /// </summary>
    public async Task DeleteAsync(int id, CurrentUser me, Preconditions preconditions)
    {
        me.RequireRecentSignIn(id);
        var user = await db.Users.FindOr404Async(id);
        preconditions.ThrowIfFailed(user.Version);
        var blobs = await db.Files.Where(file => file.UserId == id).Select(file => file.Blob).ToListAsync(RequestCancellation.Token);
        db.Users.Remove(user);
        await db.SaveChangesAsync(RequestCancellation.Token);
        blobs.ForEach(store.Delete);
    }
}
