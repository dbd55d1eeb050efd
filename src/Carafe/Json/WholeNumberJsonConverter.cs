using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Json;

/// <summary>
/// Reads every number without a fraction: 1.0 and 1e2 are whole (JSON Schema 2020-12, section 6.1.1), 1.5 and what the type cannot hold are not.
/// </summary>
internal sealed class WholeNumberJsonConverter<TNumber> : JsonConverter<TNumber>
    where TNumber : struct, IBinaryInteger<TNumber>
{
    public override TNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            var number = NumberText.Find(ref reader, options);
            return Read(ref number, typeToConvert, options);
        }

        var sent = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return sent.Length <= ExactNumber.MaxLength && (TryParse(sent, out var value) || TryParse(ExactNumber.Whole(sent), out value))
            ? value
            : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, TNumber value, JsonSerializerOptions options)
    {
        if (NumberText.IsWritten(options))
        {
            writer.WriteStringValue(value.ToString(null, CultureInfo.InvariantCulture));
        }
        else if (typeof(TNumber) == typeof(int) || typeof(TNumber) == typeof(long) || typeof(TNumber) == typeof(short) || typeof(TNumber) == typeof(byte))
        {
            writer.WriteNumberValue(long.CreateTruncating(value));
        }
        else
        {
            writer.WriteRawValue(value.ToString(null, CultureInfo.InvariantCulture), skipInputValidation: true);
        }
    }

    public override TNumber ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString()!;
        return TryParse(Encoding.UTF8.GetBytes(text), out var value) && value.ToString(null, CultureInfo.InvariantCulture) == text
            ? value
            : throw new JsonException();
    }

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TNumber value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString(null, CultureInfo.InvariantCulture));

    private static bool TryParse(ReadOnlySpan<byte> digits, out TNumber value) =>
        TNumber.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
