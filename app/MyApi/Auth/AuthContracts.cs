using MyApi.Files;
using MyApi.Posts;
using MyApi.Users;

namespace MyApi.Auth;

/// <summary>What a newcomer gives.</summary>
public sealed record RegisterRequest(
    [property: Username] string Username,
    [property: Email] string Email,
    [property: TextLength(1, 1024)] string Password);

/// <summary>What somebody gives to sign in.</summary>
public sealed record LoginRequest(
    [property: TextLength(1, 254)] string Email,
    [property: TextLength(1, 1024)] string Password);

/// <summary>The old password and the new one.</summary>
public sealed record ChangePasswordRequest(
    [property: TextLength(1, 1024)] string CurrentPassword,
    [property: TextLength(1, 1024)] string NewPassword);

/// <summary>The new address, and the password to show that it is you.</summary>
public sealed record ChangeEmailRequest(
    [property: TextLength(1, 1024)] string CurrentPassword,
    [property: Email] string NewEmail);

/// <summary>The address of an account whose password is forgotten.</summary>
public sealed record ForgotRequest([property: Email] string Email);

/// <summary>The mailed code, and the new password.</summary>
public sealed record ResetRequest(
    [property: TextLength(1, 100)] string Token,
    [property: TextLength(1, 1024)] string Password);

/// <summary>The mailed code.</summary>
public sealed record VerifyRequest([property: TextLength(1, 100)] string Token);

/// <summary>Confirms an address, and makes the account that was asked for with the password.</summary>
public sealed record ConfirmRequest([property: TextLength(1, 100)] string Token, [property: TextLength(1, 1024)] string? Password = null);

/// <summary>A place where the account is signed in.</summary>
public sealed record SessionResponse(
    Guid Id, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, string? UserAgent, string? Ip, bool Current)
{
    public static SessionResponse From(SessionInfo session, CurrentUser me) =>
        new(session.Id, session.CreatedAt, session.LastUsedAt, session.ExpiresAt, session.UserAgent, session.Ip, session.Id == me.SessionId);
}

/// <summary>The sessions of an account.</summary>
public sealed record SessionsResponse(IReadOnlyList<SessionResponse> Sessions);

/// <summary>Everything that the app knows about an account (GDPR articles 15 and 20).</summary>
public sealed record ExportResponse(
    UserResponse User,
    string Role,
    DateTimeOffset UpdatedAt,
    IAsyncEnumerable<PostResponse> Posts,
    IAsyncEnumerable<FileExport> Files,
    IReadOnlyList<SessionResponse> Sessions);

/// <summary>A file's facts; its bytes are at <c>/files/{path}</c>.</summary>
public sealed record FileExport(string Path, string ContentType, long Size, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static FileExport From(StoredFile file) => new(file.Path, file.ContentType, file.Size, file.CreatedAt, file.UpdatedAt);
}
