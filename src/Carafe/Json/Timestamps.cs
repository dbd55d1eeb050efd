using System.Globalization;
using System.Text.Json;

namespace Carafe.Json;

/// <summary>Reads and writes the moments of one format.</summary>
internal sealed class Timestamps(TimestampFormat format, int decimals, bool isWhole = false)
{
    private static readonly string[] Rfc3339 = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static readonly Timestamps Default = new(TimestampFormat.Rfc3339, 7);

    private readonly string _pattern = decimals == 7 ? "O" : $"yyyy-MM-dd'T'HH:mm:ss{(decimals > 0 ? "." + new string('f', decimals) : "")}'Z'";

    public bool IsNumber => format != TimestampFormat.Rfc3339;

    /// <summary>Describes what a timestamp must be.</summary>
    public string Expected => format switch
    {
        TimestampFormat.UnixSeconds => "must be a timestamp in whole seconds since 1970, such as 1779960600",
        TimestampFormat.UnixMilliseconds => "must be a timestamp in whole milliseconds since 1970, such as 1779960600000",
        _ => "must be a timestamp with an offset, such as 2026-05-28T09:30:00Z",
    };

    /// <summary>Returns those of the options' converter.</summary>
    public static Timestamps Of(JsonSerializerOptions options) =>
        options.Converters.OfType<UtcJsonConverter>().FirstOrDefault()?.Timestamps ?? Default;

    /// <summary>Returns those that write in RFC 3339 what the format would cut, and read that as well.</summary>
    public Timestamps Whole() => new(format, decimals, isWhole: true);

    public DateTimeOffset Read(ref Utf8JsonReader reader) =>
        isWhole && reader.TokenType == JsonTokenType.String && TryRfc3339(reader.GetString(), out var whole) ? whole
        : IsNumber
            ? reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && TryUnix(number, out var moment)
            ? moment
            : throw new JsonException()
        : reader.TokenType == JsonTokenType.String && TryRfc3339(reader.GetString(), out var value) ? value
        : throw new JsonException();

    public DateTimeOffset ReadName(ref Utf8JsonReader reader)
    {
        var text = reader.GetString();
        return isWhole && TryRfc3339(text, out var whole) ? whole
            : IsNumber
            ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && TryUnix(number, out var moment)
            && number.ToString(CultureInfo.InvariantCulture) == text ? moment : throw new JsonException()
            : TryRfc3339(text, out var value) ? value : throw new JsonException();
    }

    public void Write(Utf8JsonWriter writer, DateTime utc)
    {
        if (isWhole && IsCut(utc))
        {
            Default.Write(writer, utc);
            return;
        }

        if (IsNumber)
        {
            writer.WriteNumberValue(Unix(utc));
            return;
        }

        Span<byte> buffer = stackalloc byte[33];
        utc.TryFormat(buffer, out var length, _pattern, CultureInfo.InvariantCulture);
        writer.WriteStringValue(buffer[..length]);
    }

    public void WriteName(Utf8JsonWriter writer, DateTime utc) =>
        writer.WritePropertyName(isWhole && IsCut(utc) ? utc.ToString(Default._pattern, CultureInfo.InvariantCulture)
            : IsNumber ? Unix(utc).ToString(CultureInfo.InvariantCulture) : utc.ToString(_pattern, CultureInfo.InvariantCulture));

    private static bool TryRfc3339(string? text, out DateTimeOffset value)
    {
        value = default;
        return text is not null && HasOffset(text)
            && DateTimeOffset.TryParseExact(text, Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out value);
    }

    private static bool HasOffset(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');

    private static DateTimeOffset From(DateTime utc) => new(utc, TimeSpan.Zero);

    private bool IsCut(DateTime utc) => utc.Ticks % (format switch
    {
        TimestampFormat.UnixSeconds => TimeSpan.TicksPerSecond,
        TimestampFormat.UnixMilliseconds => TimeSpan.TicksPerMillisecond,
        _ => (long)Math.Pow(10, 7 - decimals),
    }) != 0;

    private long Unix(DateTime utc) => format == TimestampFormat.UnixSeconds ? From(utc).ToUnixTimeSeconds() : From(utc).ToUnixTimeMilliseconds();

    private bool TryUnix(long number, out DateTimeOffset value)
    {
        var ticks = (Int128)number * (format == TimestampFormat.UnixSeconds ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMillisecond)
            + DateTimeOffset.UnixEpoch.UtcTicks;
        var fits = ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
        value = fits ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : default;
        return fits;
    }
}
