using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Json;

/// <summary>Reads RFC 3339 timestamps, which need an offset, and writes UTC with Z.</summary>
internal sealed class UtcJsonConverter : JsonConverter<DateTimeOffset>
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var value) ? value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => Write(writer, value.UtcDateTime);

    public override DateTimeOffset ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(reader.GetString(), out var value) ? value : throw new JsonException();

    public override void WriteAsPropertyName(Utf8JsonWriter writer, [DisallowNull] DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    public static void Write(Utf8JsonWriter writer, DateTime utc)
    {
        Span<byte> buffer = stackalloc byte[33];
        utc.TryFormat(buffer, out var length, "O", CultureInfo.InvariantCulture);
        writer.WriteStringValue(buffer[..length]);
    }

    public static bool TryParse(string? text, out DateTimeOffset value)
    {
        value = default;
        return text is not null && HasOffset(text)
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out value);
    }

    private static bool HasOffset(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
}

/// <summary>
/// Reads and writes a <see cref="DateTime"/> by the same rules, so it means one moment: read as UTC, written as UTC. Unless it is marked as local, it is
/// UTC.
/// </summary>
internal sealed class UtcDateTimeJsonConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && UtcJsonConverter.TryParse(reader.GetString(), out var value)
            ? value.UtcDateTime
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => UtcJsonConverter.Write(writer, Utc(value));

    public override DateTime ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        UtcJsonConverter.TryParse(reader.GetString(), out var value) ? value.UtcDateTime : throw new JsonException();

    public override void WriteAsPropertyName(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WritePropertyName(Utc(value).ToString("O", CultureInfo.InvariantCulture));

    private static DateTime Utc(DateTime value) => value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc);
}
