namespace Carafe.Auth;

/// <summary>A session: what began with one login, and the family of refresh tokens that rotate in it. A session that ends is deleted.</summary>
internal sealed class AuthSession
{
    public const int UserAgentLength = 256;
    public const int AddressLength = 45;

    public Guid Id { get; set; }

    public int UserId { get; set; }

    /// <summary>SHA-256 of the <c>jti</c> of the one refresh token that is good.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>The same for the token before it, which the grace may accept.</summary>
    public byte[]? SpentHash { get; set; }

    /// <summary>With the spent token, and only with it, gives the current one: <see cref="RefreshSecret.Successor"/>.</summary>
    public byte[]? Salt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset AuthenticatedAt { get; set; }

    public DateTimeOffset LastUsedAt { get; set; }

    /// <summary>When the current refresh token expires.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    public string? UserAgent { get; set; }

    public string? Address { get; set; }
}
