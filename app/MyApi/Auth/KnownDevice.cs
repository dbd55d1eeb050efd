namespace MyApi.Auth;

/// <summary>
/// Represents a browser or program that has signed in to an account. Only a keyed hash is kept: of the user agent without its numbers, and of the network
/// (the first half of an IPv4 address, the first 32 bits of an IPv6 address).
/// </summary>
public sealed class KnownDevice
{
    /// <summary>How long after its last sign-in a device is known.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    public int Id { get; set; }

    public int UserId { get; set; }

    [MaxLength(32)]
    public required byte[] Hash { get; set; }

    public DateTimeOffset UsedAt { get; set; }
}
