using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Carafe.Tasks;

/// <summary>Signs and verifies webhooks as Standard Webhooks says: HMAC-SHA256 of id, time and body, with a secret that both sides have.</summary>
public static class WebhookSignature
{
    /// <summary>The header with the message's id, which is the same in every attempt.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header with the time of the attempt, in seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with one signature or, while a secret is replaced, several, separated by spaces.</summary>
    public const string SignatureHeader = "webhook-signature";

    internal const string Version = "v1,";

    private const string Prefix = "whsec_";
    private const int NewBytes = 32;
    private const int MostSignatures = 16;

    /// <summary>Returns a new secret: <c>whsec_</c> and 32 random bytes in base64.</summary>
    public static string CreateSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(NewBytes));

    /// <summary>Returns <c>v1,</c> and the signature in base64.</summary>
    /// <param name="secret">The secret, such as <see cref="CreateSecret"/> makes.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="timestamp">The time of the attempt.</param>
    /// <param name="body">The body as it is sent.</param>
    /// <exception cref="ArgumentException">The secret is not base64 of 24 to 64 bytes.</exception>
    public static string Sign(string secret, string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body) =>
        Version + Convert.ToBase64String(Hash(Key(secret), id, timestamp.ToUnixTimeSeconds(), body));

    /// <summary>Returns whether one of the signatures is right, in a time that does not tell how nearly.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="timestamp">The time of the attempt.</param>
    /// <param name="body">The body as it came.</param>
    /// <param name="signatures">The header's value. Of more than 16 signatures the first 16 count.</param>
    /// <exception cref="ArgumentException">The secret is not base64 of 24 to 64 bytes.</exception>
    public static bool Verify(string secret, string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body, string signatures)
    {
        var expected = Hash(Key(secret), id, timestamp.ToUnixTimeSeconds(), body);
        var isRight = false;
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var signature in signatures.Split(' ', MostSignatures + 1).Take(MostSignatures))
        {
            isRight |= signature.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(signature.AsSpan(Version.Length), given, out var length)
                && CryptographicOperations.FixedTimeEquals(given[..length], expected);
        }

        return isRight;
    }

    internal static byte[] Key(string secret)
    {
        var key = new byte[64];
        return Convert.TryFromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret, key, out var length)
            && length >= 24
            ? key[..length]
            : throw new ArgumentException("The secret of a webhook must be whsec_ and 24 to 64 bytes in base64.");
    }

    private static byte[] Hash(byte[] key, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}
