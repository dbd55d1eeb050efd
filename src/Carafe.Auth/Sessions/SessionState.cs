namespace Carafe.Auth;

/// <summary>
/// What an authenticated request needs to know of its session and account. Null stands for a session that ended, with its account or by itself.
/// </summary>
internal sealed record SessionState(int UserId, string Username, string Role);
