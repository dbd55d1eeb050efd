namespace Carafe.Auth;

/// <summary>Represents an API key. Its text is shown once and not stored. A key that is revoked is deleted.</summary>
internal sealed class ApiKey
{
    public const int NameLength = 100;
    public const int ScopesLength = 1000;

    public Guid Id { get; set; }

    public int UserId { get; set; }

    public required string Name { get; set; }

    /// <summary>Gets or sets the first characters of the text, by which its owner knows it.</summary>
    public required string Prefix { get; set; }

    /// <summary>Gets or sets the SHA-256 of the text, which holds 256 random bits: nothing slower is needed.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Gets or sets the scopes, separated by spaces.</summary>
    public required string Scopes { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }
}
