using JsonApi.Documents;

namespace JsonApi.Accounts;

/// <summary>Anyone may sign in.</summary>
public sealed class SessionsBlueprint : IBlueprint
{
    public static string Name => "sessions";

    public static void Map(RouteGroupBuilder sessions) => sessions.MapPost("/", SignIn).AllowAnonymous().ProducesErrors(409);

    /// <summary>Sign in.</summary>
    internal static async Task<Ok<MetaDocument<TokenPair>>> SignIn(
        Document<NewSession> body, AppDb db, LoginService logins, SessionManager sessions, HttpContext context)
    {
        ResourceId.Require(body.Data.Type, "sessions");
        var email = body.Data.Attributes.Email.Trim().ToLowerInvariant();
        var user = await logins.VerifyAsync(await db.Users.FirstOrDefaultAsync(u => u.Email == email), email, body.Data.Attributes.Password, context);

        return TypedResults.Ok(new MetaDocument<TokenPair>(await sessions.StartAsync(user, context)));
    }
}
