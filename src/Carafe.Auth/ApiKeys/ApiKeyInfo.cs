namespace Carafe.Auth;

/// <summary>Describes an API key to its owner.</summary>
/// <param name="Id">The id, by which it is revoked.</param>
/// <param name="Name">What its owner called it.</param>
/// <param name="Prefix">The first characters of its text.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it expires; null when it does not.</param>
public sealed record ApiKeyInfo(Guid Id, string Name, string Prefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>Represents a key that was just created.</summary>
/// <param name="Key">The text that its owner sends. It is stored nowhere and cannot be shown again.</param>
/// <param name="Info">The rest.</param>
public sealed record CreatedApiKey(string Key, ApiKeyInfo Info);
