using Carafe.Auth;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

internal static class AuthRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/login/{name}", Login).AllowAnonymous();
        app.MapPost("/refresh", (SessionManager sessions, HttpContext context) => sessions.RefreshAsync(context)).AllowAnonymous();
        app.MapPost("/logout", Logout);
        app.MapPost("/logout-all", (CurrentUser me, SessionManager sessions) => sessions.EndAllAsync(me.Id));
        app.MapPost("/logout-others", (CurrentUser me, SessionManager sessions) => sessions.EndAllAsync(me.Id, me.SessionId));
        app.MapPost("/sign-out", (SessionManager sessions, HttpContext context) => sessions.LogoutAsync(context)).AllowAnonymous();
        app.MapPost("/renew", (SessionManager sessions, HttpContext context) => sessions.RefreshAsync(context)).AllowAnonymous()
            .WithMetadata(new BearerMetadata { Refresh = true });
        app.MapGet("/sessions", (CurrentUser me, SessionManager sessions) => sessions.ListAsync(me.Id));
        app.MapGet("/me", Me);
        app.MapGet("/silent", () => "closed although it says nothing");
        app.MapGet("/open", () => "open").AllowAnonymous();
        app.MapGet("/optional", (CurrentUser? me) => me?.Username ?? "nobody").AllowAnonymous();
        app.MapGet("/opened", (CurrentUser me) => me.Username).AllowAnonymous();
        app.MapGet("/admin", (CurrentUser me) => me.Username).RequireAdmin();
        app.MapGet("/fresh", (CurrentUser me) => me.Username).RequireFresh(TimeSpan.FromMinutes(5));
        app.MapGet("/scoped", (CurrentUser me) => me.Username).RequireScope("posts:write");
        app.MapGet("/users/{id:int}", (int id, CurrentUser me) => id).RequireSelfOrAdmin();
        app.MapGet("/rows/{owner:int}", (int owner, CurrentUser me) => me.RequireOwnerOrAdmin(owner));
    }

    private static async Task<TokenPair> Login(string name, AuthDb db, SessionManager sessions, HttpContext context) =>
        await sessions.StartAsync(await db.People.SingleAsync(person => person.Username == name), context);

    private static Task<bool> Logout(CurrentUser me, SessionManager sessions) => sessions.EndAsync(me.Id, me.SessionId);

    private static object Me(CurrentUser me) => new { me.Id, me.Username, me.Role, me.SessionId };
}
