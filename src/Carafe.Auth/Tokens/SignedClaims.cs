using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Carafe.Auth;

/// <summary>
/// Reads the claims of a token strictly from its text: the library takes <c>"exp": "5"</c> for a number and the last of two <c>sub</c> for the one, and
/// ignores what follows the object and header parameters that it does not know. The signature is verified elsewhere.
/// </summary>
internal readonly record struct SignedClaims(int UserId, Guid SessionId, string TokenId)
{
    private const int Always = 0b0111111;
    private const int AuthTime = 0b1000000;

    // What .NET's clock can hold.
    private const long LastSecond = 253_402_300_799;

    /// <param name="token">Three parts of base64url.</param>
    /// <param name="access">Whether it is to be an access token, which has <c>auth_time</c> as well.</param>
    /// <exception cref="BearerError">A part is no JSON object, or a claim is missing, there twice, or of the wrong type.</exception>
    public static SignedClaims Read(string token, bool access)
    {
        var dots = (First: token.IndexOf('.', StringComparison.Ordinal), Second: token.LastIndexOf('.'));
        try
        {
            CheckHeader(Decode(token[..dots.First]));
            return ReadPayload(Decode(token[(dots.First + 1)..dots.Second]), access ? Always | AuthTime : Always);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw BearerError.Malformed;
        }
    }

    private static byte[] Decode(string part) => Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(part));

    // RFC 7515 section 4: names are unique, and what "crit" names must be understood. Nothing critical is understood here, an unencoded payload (RFC 7797)
    // least of all.
    private static void CheckHeader(byte[] header)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(header);
        Begin(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.GetString() is not { } name || name is "crit" or "b64" || !seen.Add(name))
            {
                throw BearerError.Invalid;
            }

            reader.Read();
            reader.Skip();
        }

        End(ref reader);
    }

    private static SignedClaims ReadPayload(byte[] payload, int required)
    {
        var (seen, user, session, id) = (0, 0, Guid.Empty, "");
        var reader = new Utf8JsonReader(payload);
        Begin(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var bit = Bit(ref reader);
            reader.Read();
            var good = bit switch
            {
                0 => true,
                1 or 2 or 4 or AuthTime => reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seconds) && seconds is >= 0 and <= LastSecond,
                _ when reader.TokenType != JsonTokenType.String => false,
                8 => int.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out user),
                16 => Guid.TryParseExact(reader.GetString(), "D", out session),
                _ => (id = reader.GetString()!).Length > 0,
            };
            if (!good || (seen & bit) != 0)
            {
                throw BearerError.Invalid;
            }

            seen |= bit;
            reader.Skip();
        }

        End(ref reader);
        return (seen & required) == required ? new(user, session, id) : throw BearerError.Invalid;
    }

    private static void Begin(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw BearerError.Malformed;
        }
    }

    // The reader throws where anything but blanks follows the object.
    private static void End(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
        }
    }

    private static int Bit(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("exp"u8) ? 1
        : reader.ValueTextEquals("nbf"u8) ? 2
        : reader.ValueTextEquals("iat"u8) ? 4
        : reader.ValueTextEquals("sub"u8) ? 8
        : reader.ValueTextEquals("sid"u8) ? 16
        : reader.ValueTextEquals("jti"u8) ? 32
        : reader.ValueTextEquals("auth_time"u8) ? AuthTime
        : 0;
}
