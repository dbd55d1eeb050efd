namespace ApiNamespace1.Auth;

/// <summary>Anyone may register, sign in and refresh; the rest is about the account that calls.</summary>
public sealed class AuthBlueprint : IBlueprint
{
    public static string Name => "auth";

    public static void Map(RouteGroupBuilder auth)
    {
        auth.WithBodyLimit(8 * 1024);
        auth.MapPost("/register", Register).AllowAnonymous().ProducesErrors(409);
        auth.MapPost("/login", Login).AllowAnonymous();
        auth.MapPost("/refresh", Refresh).AllowAnonymous().WithMetadata(new BearerMetadata { Refresh = true });
        auth.MapPost("/logout", Logout).AllowAnonymous().WithMetadata(new BearerMetadata());
        auth.MapGet("/me", Me);
    }

    /// <summary>Make an account.</summary>
    internal static async Task<Created<UserResponse>> Register(RegisterRequest request, AppDb db, PasswordService passwords, CancellationToken stop)
    {
        passwords.RequireGood(request.Password, request.Username, request.Email);
        var user = new User { Username = request.Username, Email = request.Email };
        user.PasswordHash = await passwords.HashAsync(request.Password, stop);
        db.Users.Add(user);
        await db.SaveChangesAsync(stop);

        return TypedResults.Created("/auth/me", UserResponse.From(user));
    }

    /// <summary>Sign in. An unknown account, a wrong password and a disabled account get the same response.</summary>
    internal static async Task<Ok<TokenPair>> Login(LoginRequest login, AppDb db, LoginService logins, SessionManager sessions, HttpContext context)
    {
        var email = login.Email.Trim().ToLowerInvariant();
        var user = await logins.VerifyAsync(await db.Users.FirstOrDefaultAsync(user => user.Email == email), email, login.Password, context);

        return TypedResults.Ok(await sessions.StartAsync(user, context));
    }

    /// <summary>Exchange a refresh token, sent as Bearer, for a new pair. Each is good once; one that is sent again ends its session.</summary>
    internal static async Task<Ok<TokenPair>> Refresh(SessionManager sessions, HttpContext context) => TypedResults.Ok(await sessions.RefreshAsync(context));

    /// <summary>Sign out: this session's tokens stop working at once.</summary>
    internal static async Task<NoContent> Logout(SessionManager sessions, HttpContext context)
    {
        await sessions.LogoutAsync(context);
        return TypedResults.NoContent();
    }

    /// <summary>Fetch the signed-in user.</summary>
    internal static async Task<Ok<UserResponse>> Me(CurrentUser me, AppDb db) => TypedResults.Ok(UserResponse.From(await db.Users.FindOr404Async(me.Id)));
}
