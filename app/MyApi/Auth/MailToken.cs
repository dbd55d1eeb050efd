using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MyApi.Auth;

/// <summary>Represents a secret that was sent to an address. The table has only its hash: who reads the database can use none.</summary>
public sealed class MailToken
{
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan VerifyLifetime = TimeSpan.FromDays(1);
    public static readonly TimeSpan RestoreLifetime = TimeSpan.FromDays(7);

    public int Id { get; set; }

    [MaxLength(32)]
    public required byte[] Hash { get; set; }

    public int UserId { get; set; }

    public MailPurpose Purpose { get; set; }

    // The address that it proves: once the account has another, it proves nothing. Or the one that it brings back.
    [MaxLength(254)]
    public required string Email { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}

/// <summary>What a mailed secret is good for.</summary>
public enum MailPurpose
{
    Reset,
    Verify,
    Restore,
}
