using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carafe.Json;

/// <summary>A number is kept as it was sent, or refused: 1e400 and thirty digits never round in silence (RFC 8259 section 6).</summary>
internal sealed class ExactDecimalConverter : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var value) && ExactNumber.Kept(ref reader, 28, value, static value => value.ToString(CultureInfo.InvariantCulture))
            ? value
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>The same for binary floating point: what is read writes back as the number that was sent.</summary>
internal sealed class ExactDoubleConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && double.IsFinite(value)
        && ExactNumber.Kept(ref reader, 15, value, static value => value.ToString("R", CultureInfo.InvariantCulture))
            ? value
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

internal static class ExactNumber
{
    /// <summary>Whether the number that was read is the number that was written.</summary>
    public static bool Kept<T>(ref Utf8JsonReader reader, int safe, T value, Func<T, string> format)
    {
        var sent = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        // Digits that always fit, without an exponent: nothing to compare.
        return (sent.Length <= safe && !sent.ContainsAny((byte)'e', (byte)'E')) || (sent.Length <= 400 && Parts(sent) == Parts(Encoding.ASCII.GetBytes(format(value))));
    }

    // 12.50e1 is 125 with no zeros behind it.
    private static (BigInteger Digits, BigInteger Exponent) Parts(ReadOnlySpan<byte> number)
    {
        var text = Encoding.ASCII.GetString(number);
        var e = text.IndexOfAny(['e', 'E']);
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? BigInteger.Zero : BigInteger.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        exponent -= point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var trimmed = digits.TrimEnd('0');
        return trimmed.Trim('-').Trim('0').Length == 0
            ? default
            : (BigInteger.Parse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent + digits.Length - trimmed.Length);
    }
}
