namespace Carafe.Auth;

/// <summary>Logs what an operator wants to be told of accounts, each under an id of its own, for alerts and searches (docs/logs.md).</summary>
internal static partial class SecurityEvents
{
    [LoggerMessage(4101, LogLevel.Warning, "A spent refresh token of user {UserId} came again from {Address}: session {SessionId} is ended")]
    public static partial void RefreshReuse(this ILogger logger, int userId, string? address, Guid sessionId);

    [LoggerMessage(4102, LogLevel.Warning, "A login from {Address} was refused")]
    public static partial void LoginRefused(this ILogger logger, string? address);

    [LoggerMessage(4103, LogLevel.Information, "User {UserId} signed in from {Address}: session {SessionId}")]
    public static partial void SignedIn(this ILogger logger, int userId, string? address, Guid sessionId);

    [LoggerMessage(4104, LogLevel.Information, "User {UserId} refreshed session {SessionId} from {Address}")]
    public static partial void Refreshed(this ILogger logger, int userId, Guid sessionId, string? address);

    [LoggerMessage(4105, LogLevel.Information, "Session {SessionId} of user {UserId} is ended")]
    public static partial void SessionEnded(this ILogger logger, int userId, Guid sessionId);

    [LoggerMessage(4106, LogLevel.Information, "The sessions of user {UserId} are ended, except {SessionId}")]
    public static partial void SessionsEnded(this ILogger logger, int userId, Guid? sessionId);

    [LoggerMessage(4107, LogLevel.Warning, "User {UserId} was refused {Method} {Route} from {Address}")]
    public static partial void Forbidden(this ILogger logger, string? userId, string method, string? route, string? address);

    [LoggerMessage(4108, LogLevel.Warning, "A request from {Address} did not prove that a page of this origin sent it: session {SessionId}")]
    public static partial void CsrfRefused(this ILogger logger, string? address, Guid sessionId);

    [LoggerMessage(4109, LogLevel.Information, "User {UserId} changed the password from {Address}")]
    public static partial void PasswordChanged(this ILogger logger, int userId, string? address);

    [LoggerMessage(4110, LogLevel.Information, "User {UserId} got API key {KeyId} with the scopes {Scopes}")]
    public static partial void KeyCreated(this ILogger logger, int userId, Guid keyId, string scopes);

    [LoggerMessage(4111, LogLevel.Information, "API key {KeyId} of user {UserId} is revoked")]
    public static partial void KeyRevoked(this ILogger logger, Guid keyId, int userId);

    [LoggerMessage(4112, LogLevel.Warning, "API key {KeyId} from {Address} was refused: {Reason}")]
    public static partial void KeyRefused(this ILogger logger, Guid? keyId, string? address, string reason);

    /// <summary>Gets the caller's address as it is logged.</summary>
    public static string? Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();
}
