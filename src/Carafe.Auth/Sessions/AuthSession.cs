namespace Carafe.Auth;

/// <summary>Represents a session: one login, with the refresh tokens that rotate in it. A session that ends is deleted.</summary>
internal sealed class AuthSession
{
    public const int UserAgentLength = 256;
    public const int AddressLength = 45;

    public Guid Id { get; set; }

    public int UserId { get; set; }

    /// <summary>Gets or sets the SHA-256 of the <c>jti</c> of the one valid refresh token.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>Gets or sets the hash of the token before it, which the grace may accept.</summary>
    public byte[]? SpentHash { get; set; }

    /// <summary>Gets or sets the salt that, with the spent token only, gives the current one: <see cref="RefreshSecret.Successor"/>.</summary>
    public byte[]? Salt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset AuthenticatedAt { get; set; }

    public DateTimeOffset LastUsedAt { get; set; }

    /// <summary>Gets or sets when the current refresh token expires.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    public string? UserAgent { get; set; }

    public string? Address { get; set; }
}
