using System.Buffers;

namespace Carafe.Auth;

/// <summary>
/// Reads a compact JWS from a header, without any cryptography: anything but one token of canonical base64url in three parts is refused here.
/// </summary>
internal static class TokenText
{
    /// <summary>The longest token: several times what the kit issues. A longer one is refused unread.</summary>
    public const int MaxLength = 8 * 1024;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Returns the token of the request's header; null when none was sent.</summary>
    /// <exception cref="BearerError">There is more than one header, or no well-formed token in it.</exception>
    public static string? FromHeader(HttpRequest request, TokenCarrier carrier)
    {
        var header = carrier.Read(request.Headers);
        var scheme = carrier.IsAuthorization ? carrier.Scheme : "";
        var text = header.Count == 1 ? header[0]! : "";
        if (header.Count > 1)
        {
            throw BearerError.Malformed;
        }

        if (header.Count == 0 || !text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            || (scheme.Length > 0 && text.Length > scheme.Length && text[scheme.Length] != ' '))
        {
            return null;
        }

        var token = text.AsSpan(scheme.Length).Trim(' ');
        return IsCanonical(token) ? token.ToString() : throw BearerError.Malformed;
    }

    public static bool IsCanonical(ReadOnlySpan<char> token)
    {
        if (token.Length is 0 or > MaxLength)
        {
            return false;
        }

        var parts = 0;
        foreach (var range in token.Split('.'))
        {
            if (++parts > 3 || !IsCanonicalPart(token[range]))
            {
                return false;
            }
        }

        return parts == 3;
    }

    // The last character of a part may carry bits that decode to nothing. They must be zero, or one token would have several spellings.
    private static bool IsCanonicalPart(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || part.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        var spare = (part.Length % 4) switch { 0 => 0, 2 => 0b1111, 3 => 0b11, _ => -1 };
        return spare >= 0 && (Value(part[^1]) & spare) == 0;
    }

    private static int Value(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '-' => 62,
        _ => 63,
    };
}
