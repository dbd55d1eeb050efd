namespace Carafe.Auth;

/// <summary>Names the claims (RFC 7519 section 4.1, RFC 9068 section 2.2) and the one that the session check adds.</summary>
internal static class AuthClaims
{
    public const string Subject = "sub";
    public const string Session = "sid";
    public const string AuthTime = "auth_time";
    public const string Roles = "roles";
    public const string Scope = "scope";
    public const string ClientId = "client_id";
    public const string TokenId = "jti";

    /// <summary>Not in the token: read with the session.</summary>
    public const string Username = "username";

    public static readonly HashSet<string> Reserved =
        new(StringComparer.Ordinal) { "iss", Subject, "aud", "exp", "nbf", "iat", TokenId, Session, AuthTime, Roles, ClientId, Username };
}
