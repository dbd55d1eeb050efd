using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe;

/// <summary>RFC 3339 timestamps: an offset is required on the way in, UTC with Z on the way out.</summary>
internal sealed class UtcJsonConverter : JsonConverter<DateTimeOffset>
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return text is not null
            && HasOffset(text)
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var value)
            ? value
            : throw new JsonException("Expected a timestamp with an offset, such as 2026-05-28T09:30:00Z.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> buffer = stackalloc byte[33];
        value.UtcDateTime.TryFormat(buffer, out var length, "O", CultureInfo.InvariantCulture);
        writer.WriteStringValue(buffer[..length]);
    }

    private static bool HasOffset(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
}
