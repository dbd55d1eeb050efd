using System.Text;

namespace Carafe.Configuration;

/// <summary>Finds what makes a secret too weak. The messages never quote it.</summary>
internal static class SecretStrength
{
    public const int MinimumBytes = 32;
    public const string HowToMake = "Make one with: openssl rand -base64 48";

    // What READMEs, tutorials and templates leave behind, compared without case, spaces and punctuation. Each is long enough never to appear in a random
    // value.
    private static readonly string[] Placeholders =
        ["changeme", "changethis", "changeit", "replaceme", "replacethis", "replacewith", "placeholder", "example", "secret", "password", "insecure",
            "default", "xxxxxx", "12345678", "qwerty", "asdfgh", "foobar"];

    /// <param name="secret">The value.</param>
    /// <param name="production">Whether placeholders are refused; on a developer's machine they do no harm.</param>
    public static string? Error(string secret, bool production) =>
        Encoding.UTF8.GetByteCount(secret) is var length && length < MinimumBytes ? $"has {length} bytes and needs at least {MinimumBytes}. {HowToMake}"
        : production && IsPlaceholder(secret) ? $"is a placeholder, not a secret. {HowToMake}"
        : production && IsUniform(secret) ? $"has too little variety to be random. {HowToMake}"
        : null;

    private static bool IsPlaceholder(string secret)
    {
        var letters = string.Concat(secret.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return Array.Exists(Placeholders, word => letters.Contains(word, StringComparison.Ordinal));
    }

    // Few characters, one piece repeated, or a run such as abcdefgh.
    private static bool IsUniform(string secret) =>
        secret.Distinct().Count() < 8
        || (secret + secret).IndexOf(secret, 1, StringComparison.Ordinal) < secret.Length
        || secret.Zip(secret.Skip(1)).Count(pair => Math.Abs(pair.Second - pair.First) <= 1) > secret.Length / 2;
}
