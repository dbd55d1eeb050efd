using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Json;

/// <summary>Reads a number exactly as it was sent or refuses it: 1e400 and thirty digits are never rounded silently (RFC 8259 section 6).</summary>
internal sealed class ExactDecimalConverter : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            var number = NumberText.Find(ref reader, options);
            return Read(ref number, typeToConvert, options);
        }

        return reader.TryGetDecimal(out var value)
            && ExactNumber.IsKept(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan, 28, value)
            ? value
            : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        if (NumberText.IsWritten(options))
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteNumberValue(value);
        }
    }
}

/// <summary>Reads binary floating point in the same way: the value writes back as the number that was sent, and is never infinite.</summary>
/// <param name="safeDigits">How many characters of digits the type always keeps.</param>
/// <param name="write">Writes a value.</param>
internal sealed class ExactFloatConverter<TFloat>(int safeDigits, Action<Utf8JsonWriter, TFloat> write) : JsonConverter<TFloat>
    where TFloat : struct, IBinaryFloatingPointIeee754<TFloat>
{
    public override TFloat Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            var number = NumberText.Find(ref reader, options);
            return Read(ref number, typeToConvert, options);
        }

        var sent = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return TFloat.TryParse(sent, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && TFloat.IsFinite(value)
            && ExactNumber.IsKept(sent, safeDigits, value)
            ? value
            : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, TFloat value, JsonSerializerOptions options)
    {
        if (NumberText.IsWritten(options) && TFloat.IsFinite(value))
        {
            writer.WriteStringValue(value.ToString(null, CultureInfo.InvariantCulture));
        }
        else
        {
            write(writer, value);
        }
    }
}
