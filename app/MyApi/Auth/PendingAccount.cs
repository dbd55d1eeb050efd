namespace MyApi.Auth;

/// <summary>Represents an account that is made once its address is confirmed. Nobody else sees it, and it takes neither the name nor the address.</summary>
public sealed class PendingAccount
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public int Id { get; set; }

    [MaxLength(80)]
    public required string Username { get; set; }

    [MaxLength(254)]
    public required string Email { get; set => field = value.ToLowerInvariant(); }

    // Empty after the code was used.
    [MaxLength(256)]
    public required string PasswordHash { get; set; }

    // Random, so that no code matches: before a code is mailed, and after it was used.
    [MaxLength(32)]
    public required byte[] CodeHash { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
