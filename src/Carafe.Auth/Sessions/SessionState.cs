namespace Carafe.Auth;

/// <summary>
/// Holds what an authenticated request needs of its session and account. Null stands for a session that ended, with its account or on its own.
/// </summary>
internal sealed record SessionState(int UserId, string Username, string Role);
