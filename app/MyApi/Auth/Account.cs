using MyApi.Posts;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>Handles what people do with their own account.</summary>
internal static class Account
{
    /// <summary>Fetch the signed-in user.</summary>
    internal static async Task<Ok<UserResponse>> Me(CurrentUser me, AppDb db) => TypedResults.Ok(await db.Users.FindOr404Async(me.Id, UserResponse.Whole));

    /// <summary>Change the password, and sign out everywhere else.</summary>
    internal static async Task<NoContent> ChangePassword(ChangePasswordRequest change, CurrentUser me, AppDb db, LoginService logins, HttpContext context)
    {
        await logins.ChangePasswordAsync(await db.Users.FindOr404Async(me.Id), change.CurrentPassword, change.NewPassword, context);
        // A code to set a new password that was asked for before is worth nothing any more.
        await db.MailTokens.Where(token => token.UserId == me.Id && token.Purpose == MailPurpose.Reset).ExecuteDeleteAsync(CancellationToken.None);
        return TypedResults.NoContent();
    }

    /// <summary>Change the e-mail address that signs in.</summary>
    internal static async Task<Ok<UserResponse>> ChangeEmail(
        ChangeEmailRequest change, CurrentUser me, AppDb db, LoginService logins, AddressChanger addresses, HttpContext context,
        CancellationToken cancellationToken)
    {
        var user = await db.Users.FindOr404Async(me.Id, cancellationToken);
        await logins.VerifyAsync(user, user.Email, change.CurrentPassword, context);
        await addresses.ChangeAsync(user, change.NewEmail, cancellationToken);

        return TypedResults.Ok(UserResponse.Own(user));
    }

    /// <summary>Delete the signed-in user and everything they wrote. Needs a login of the last quarter of an hour.</summary>
    internal static async Task<NoContent> DeleteMe(CurrentUser me, UserDeletion deletion, Preconditions preconditions)
    {
        await deletion.DeleteAsync(me.Id, me, preconditions);
        return TypedResults.NoContent();
    }

    /// <summary>Take along everything that the app knows about you.</summary>
    internal static async Task<Ok<ExportResponse>> Export(CurrentUser me, AppDb db, SessionManager sessions, HttpResponse response)
    {
        var user = await db.Users.FindOr404Async(me.Id);
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{user.Username}.json\"";
        return TypedResults.Ok(new ExportResponse(
            UserResponse.Own(user),
            user.Role,
            user.UpdatedAt,
            StreamAsync(db.Posts.Where(post => post.UserId == me.Id).OrderBy(post => post.Id).Select(PostResponse.FromRow)),
            StreamAsync(db.Files.Where(file => file.UserId == me.Id).OrderBy(file => file.Id).Select(file => FileExport.From(file))),
            [.. (await sessions.ListAsync(me.Id)).Select(session => SessionResponse.From(session, me))]));
    }

    // Ends its query with the last row. The JSON writer would only do so at the end of the document, and PostgreSQL runs one query at a time.
    private static async IAsyncEnumerable<T> StreamAsync<T>(IQueryable<T> rows)
    {
        await foreach (var row in rows.AsAsyncEnumerable())
        {
            yield return row;
        }
    }
}
