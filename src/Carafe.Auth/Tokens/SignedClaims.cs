using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Carafe.Auth;

/// <summary>The claims that every token of ours has, read from its payload as they stand: the library takes <c>"exp": "5"</c> for a number, and the last of two <c>sub</c> for the one.</summary>
internal readonly record struct SignedClaims(int UserId, Guid SessionId, string TokenId)
{
    private const int All = 0b111111;

    /// <exception cref="BearerError">A claim is missing, there twice, or of the wrong type.</exception>
    public static SignedClaims Read(string encodedPayload)
    {
        var (seen, user, session, id) = (0, 0, Guid.Empty, "");
        var reader = new Utf8JsonReader(Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(encodedPayload)));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var bit = Bit(ref reader);
            reader.Read();
            var good = bit switch
            {
                0 => true,
                1 or 2 or 4 => reader.TokenType == JsonTokenType.Number,
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

        return seen == All ? new(user, session, id) : throw BearerError.Invalid;
    }

    private static int Bit(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("exp"u8) ? 1
        : reader.ValueTextEquals("nbf"u8) ? 2
        : reader.ValueTextEquals("iat"u8) ? 4
        : reader.ValueTextEquals("sub"u8) ? 8
        : reader.ValueTextEquals("sid"u8) ? 16
        : reader.ValueTextEquals("jti"u8) ? 32
        : 0;
}
