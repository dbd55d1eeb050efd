using MyApi.Users;

namespace MyApi.Auth;

/// <summary>Anyone may register, sign in and refresh; the rest is about the account that calls.</summary>
public sealed class AuthBlueprint : IBlueprint
{
    private const string SensitiveChanges = "10/minute;50/day";

    public static string Name => "auth";

    public static void Map(RouteGroupBuilder auth)
    {
        auth.WithBodyLimit(8 * 1024);
        var byMail = ((IEndpointRouteBuilder)auth).ServiceProvider.GetRequiredService<AccountSettings>().RegisterByMail;
        (byMail ? auth.MapPost("/register", RegistrationByMail.Register) : auth.MapPost("/register", Registration.Register))
            .AllowAnonymous().ProducesErrors(409).WithLimit("10/minute;100/day", by: LimitBy.Address);
        auth.MapPost("/login", Login).AllowAnonymous();
        auth.MapPost("/refresh", Refresh).AllowAnonymous().WithMetadata(new BearerMetadata { Refresh = true });
        auth.MapPost("/logout", Logout).AllowAnonymous().WithMetadata(new BearerMetadata());
        auth.MapPost("/logout-all", LogoutAll);
        auth.MapGet("/sessions", ListSessions);
        auth.MapDelete("/sessions/{id:guid}", EndSession);
        auth.MapGet("/me", Account.Me);
        auth.MapDelete("/me", Account.DeleteMe).RequireFresh(OwnAccount.Recently);
        auth.MapPost("/forgot", Recovery.Forgot).AllowAnonymous().WithLimit(SensitiveChanges, by: LimitBy.Address);
        auth.MapPost("/reset", Recovery.Reset).AllowAnonymous();
        (byMail ? auth.MapPost("/verify", RegistrationByMail.Verify).ProducesErrors(409) : auth.MapPost("/verify", Recovery.Verify)).AllowAnonymous();
        auth.MapPost("/verify/resend", Recovery.ResendVerification).WithLimit(SensitiveChanges, by: LimitBy.Address);
        auth.MapPost("/password", Account.ChangePassword).ProducesErrors(409, 422).WithLimit(SensitiveChanges, by: LimitBy.Address);
        auth.MapPost("/email", Account.ChangeEmail).ProducesErrors(409).WithLimit(SensitiveChanges, by: LimitBy.Address);
        auth.MapPost("/email/restore", Recovery.RestoreAddress).AllowAnonymous().ProducesErrors(422);
        auth.MapGet("/export", Account.Export);
    }

    /// <summary>Sign in. An unknown account, a wrong password and a disabled account get the same response.</summary>
    internal static async Task<Ok<TokenPair>> Login(
        LoginRequest login, AppDb db, LoginService logins, SessionManager sessions, SignInNotifier notifier, HttpContext context)
    {
        var email = login.Email.Trim().ToLowerInvariant();
        var user = await logins.VerifyAsync(await db.Users.FirstOrDefaultAsync(u => u.Email == email), email, login.Password, context);

        var tokens = await sessions.StartAsync(user, context);
        await notifier.NoteAsync(user, context, context.RequestAborted);
        return TypedResults.Ok(tokens);
    }

    /// <summary>Exchange a refresh token, sent as Bearer, for a new pair. Each is good once; one that is sent again ends its session.</summary>
    internal static async Task<Ok<TokenPair>> Refresh(SessionManager sessions, HttpContext context) => TypedResults.Ok(await sessions.RefreshAsync(context));

    /// <summary>Sign out: this session's tokens stop working at once. With cookies the refresh cookie is enough.</summary>
    internal static async Task<NoContent> Logout(SessionManager sessions, HttpContext context)
    {
        await sessions.LogoutAsync(context);
        return TypedResults.NoContent();
    }

    /// <summary>Sign out everywhere.</summary>
    internal static async Task<NoContent> LogoutAll(CurrentUser me, SessionManager sessions)
    {
        await sessions.EndAllAsync(me.Id);
        return TypedResults.NoContent();
    }

    /// <summary>List where the account is signed in, the last used first.</summary>
    internal static async Task<Ok<SessionsResponse>> ListSessions(CurrentUser me, SessionManager sessions) =>
        TypedResults.Ok(new SessionsResponse([.. (await sessions.ListAsync(me.Id)).Select(session => SessionResponse.From(session, me))]));

    /// <summary>Sign out somewhere else.</summary>
    internal static async Task<NoContent> EndSession(Guid id, CurrentUser me, SessionManager sessions) =>
        await sessions.EndAsync(me.Id, id) ? TypedResults.NoContent() : throw Abort.NotFound($"Session {id} not found");
}
