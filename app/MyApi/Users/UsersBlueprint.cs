using Microsoft.AspNetCore.Mvc;
using MyApi.Auth;
using MyApi.Posts;

namespace MyApi.Users;

/// <summary>Anyone may read; only you, or an admin, may change you.</summary>
public sealed class UsersBlueprint : IBlueprint
{
    public static string Name => "users";

    public static void Map(RouteGroupBuilder users)
    {
        users.WithETag();
        users.MapGet("/", ListUsers).AllowAnonymous();
        users.MapPost("/", CreateUser).RequireAdmin().WithIdempotency().ProducesErrors(409);
        users.MapGet("/profile", MyProfile);
        users.MapGet("/{id:int}", GetUser).AllowAnonymous();
        users.MapGet("/{username}", GetUserByName).AllowAnonymous();
        users.MapPut("/{id:int}", UpdateUser).RequireSelfOrAdmin().ProducesErrors(409).WithLimit("20/minute;100/day");
        users.MapDelete("/{id:int}", DeleteUser).RequireSelfOrAdmin();
        users.MapDelete("/{id:int}/sessions", EndSessions).RequireAdmin();
        users.MapGet("/{id:int}/posts", ListPostsOfUser).AllowAnonymous();
        users.MapGet("/{id:int}/posts/{post_id:int}", GetPostOfUser).AllowAnonymous();
    }

    /// <summary>List users, newest first.</summary>
    internal static async Task<Ok<Paged<UserResponse>>> ListUsers(PageQuery page, AppDb db, CurrentUser? me) =>
        TypedResults.Ok(await db.Users.NewestFirst().ToPageAsync(page, UserResponse.SeenBy(me)));

    /// <summary>Create an account for somebody else.</summary>
    internal static async Task<Created<UserResponse>> CreateUser(
        CreateUserRequest request, AppDb db, CurrentUser me, PasswordService passwords, AddressChanger addresses, CancellationToken cancellationToken)
    {
        ReservedNames.Refuse(request.Username);
        passwords.RequireGood(request.Password, request.Username, request.Email);
        var user = new User { Username = request.Username, Email = request.Email, Role = request.Role };
        user.PasswordHash = await passwords.HashAsync(request.Password, cancellationToken);
        db.Users.Add(user);
        await addresses.SaveAsync(user, cancellationToken);

        return TypedResults.Created($"/users/{user.Id}", UserResponse.From(user, me));
    }

    /// <summary>Fetch the signed-in user.</summary>
    internal static Task<Ok<UserResponse>> MyProfile(AppDb db, CurrentUser me) => GetUser(me.Id, db, me);

    /// <summary>Fetch one user.</summary>
    internal static async Task<Ok<UserResponse>> GetUser(int id, AppDb db, CurrentUser? me) =>
        TypedResults.Ok(await db.Users.FindOr404Async(id, UserResponse.SeenBy(me)));

    /// <summary>Fetch one user by name.</summary>
    internal static async Task<Ok<UserResponse>> GetUserByName(string username, AppDb db, CurrentUser? me) =>
        TypedResults.Ok(UserResponse.From(await db.Users.FirstOr404Async(user => user.Username == username, $"User '{username}' not found"), me));

    /// <summary>
    /// Change a username or an e-mail address; absent members stay as they are. One's own address needs a login of the last quarter of an hour.
    /// </summary>
    internal static async Task<Ok<UserResponse>> UpdateUser(
        int id, UpdateUserRequest change, AppDb db, CurrentUser me, AddressChanger addresses, Preconditions preconditions, CancellationToken cancellationToken)
    {
        var user = await db.Users.FindOr404Async(id, cancellationToken);
        preconditions.ThrowIfFailed(user.Version);
        if (change.Username is { } username && username != user.Username)
        {
            ReservedNames.Refuse(username);
            user.Username = username;
        }

        if (change.Email is { } email && !email.Equals(user.Email, StringComparison.OrdinalIgnoreCase))
        {
            me.RequireRecentSignIn(id);
            await (me.Id == id ? addresses.ChangeAsync(user, email, cancellationToken) : addresses.ChangeByAdminAsync(user, email, cancellationToken));
        }
        else
        {
            await db.SaveChangesAsync(cancellationToken);
        }

        return TypedResults.Ok(UserResponse.From(user, me));
    }

    /// <summary>Delete a user and everything they wrote. Oneself needs a login of the last quarter of an hour.</summary>
    internal static async Task<NoContent> DeleteUser(int id, CurrentUser me, UserDeletion deletion, Preconditions preconditions)
    {
        await deletion.DeleteAsync(id, me, preconditions);
        return TypedResults.NoContent();
    }

    /// <summary>Sign a user out everywhere.</summary>
    internal static async Task<NoContent> EndSessions(int id, AppDb db, SessionManager sessions)
    {
        await db.Users.FindOr404Async(id);
        await sessions.EndAllAsync(id);
        return TypedResults.NoContent();
    }

    /// <summary>List what a user wrote, newest first.</summary>
    internal static async Task<Ok<Paged<PostResponse>>> ListPostsOfUser(int id, PageQuery page, AppDb db)
    {
        await db.Users.FindOr404Async(id);
        return TypedResults.Ok(await db.Posts.Where(post => post.UserId == id).NewestFirst().ToPageAsync(page, PostResponse.FromRow));
    }

    /// <summary>Fetch one post of a user.</summary>
    internal static async Task<Ok<PostResponse>> GetPostOfUser(int id, [FromRoute(Name = "post_id")] int postId, AppDb db) =>
        TypedResults.Ok(PostResponse.From(await db.Posts.FirstOr404Async(post => post.Id == postId && post.UserId == id, $"Post {postId} not found")));
}
