using System.Collections.Frozen;

namespace MyApi.Users;

/// <summary>
/// Names that read as if the operator spoke, or that a path of the API already has. Nobody takes one through the API, in whatever case; the command line
/// may.
/// </summary>
internal static class ReservedNames
{
    private static readonly FrozenSet<string> All = new[]
    {
        "abuse", "account", "accounts", "admin", "administrator", "admins", "all", "anonymous", "api", "app", "auth", "billing", "bot", "contact",
        "docs", "everyone", "export", "files", "guest", "healthz", "help", "helpdesk", "hostmaster", "info", "legal", "livez", "login", "logout",
        "mail", "mailer-daemon", "me", "mod", "moderator", "moderators", "myapi", "news", "no-reply", "nobody", "none", "noreply", "null", "official",
        "openapi", "operator", "owner", "password", "postmaster", "posts", "privacy", "products", "profile", "profiles", "readyz", "register", "root",
        "sales", "security", "self", "sessions", "settings", "signin", "signout", "signup", "staff", "startupz", "status", "superuser", "support", "sysadmin",
        "system", "team", "undefined", "user", "users", "verify", "webmaster", "www",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Ends the request with 409 when the name is reserved.</summary>
    public static void Refuse(string? username)
    {
        if (username is not null && All.Contains(username))
        {
            throw Abort.Conflict("Username is reserved", "username");
        }
    }
}
