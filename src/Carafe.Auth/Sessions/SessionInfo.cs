namespace Carafe.Auth;

/// <summary>Describes a session to its user.</summary>
/// <param name="Id">The <c>sid</c> of its tokens; not a secret.</param>
/// <param name="CreatedAt">When the user signed in.</param>
/// <param name="LastUsedAt">When it was last refreshed.</param>
/// <param name="ExpiresAt">When it ends unless it is refreshed.</param>
/// <param name="UserAgent">The User-Agent of the last refresh, at most 256 characters.</param>
/// <param name="Ip">The address of the last refresh.</param>
public sealed record SessionInfo(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, string? UserAgent, string? Ip);
