using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Carafe.Json;

/// <summary>Reads JSON text of one exact form. Anything else is refused, also where the platform would guess.</summary>
internal abstract class StrictTextConverter<T> : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Parse(reader.GetString()!, out var value) ? value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString()!, out var value) ? value : throw new JsonException();

    public override void WriteAsPropertyName(Utf8JsonWriter writer, [System.Diagnostics.CodeAnalysis.DisallowNull] T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(Format(value));

    protected abstract bool Parse(string text, out T value);

    protected abstract string Format(T value);
}

/// <summary>Reads one character that text may hold: no NUL, no half of a surrogate pair.</summary>
internal sealed class CharJsonConverter : StrictTextConverter<char>
{
    protected override bool Parse(string text, out char value) => (value = text.Length == 1 ? text[0] : '\0') is not '\0' && !char.IsSurrogate(value);

    protected override string Format(char value) => value.ToString();
}

/// <summary>Reads a duration as <c>[-][d.]hh:mm:ss[.fffffff]</c>. The platform takes 90 for ninety days.</summary>
internal sealed partial class TimeSpanJsonConverter : StrictTextConverter<TimeSpan>
{
    protected override bool Parse(string text, out TimeSpan value)
    {
        value = default;
        return Form().IsMatch(text) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value);
    }

    protected override string Format(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A-?([0-9]{1,8}\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?\z")]
    private static partial Regex Form();
}

/// <summary>Reads a time of day as <c>hh:mm:ss[.fffffff]</c>.</summary>
internal sealed partial class TimeOnlyJsonConverter : StrictTextConverter<TimeOnly>
{
    protected override bool Parse(string text, out TimeOnly value)
    {
        value = default;
        return Form().IsMatch(text) && TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    protected override string Format(TimeOnly value) =>
        value.ToString(value.Ticks % TimeSpan.TicksPerSecond == 0 ? "HH:mm:ss" : "HH:mm:ss.fffffff", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?\z")]
    private static partial Regex Form();
}

/// <summary>Reads a URL, absolute or relative, without control characters and without surrounding blanks.</summary>
internal sealed class UriJsonConverter : StrictTextConverter<Uri?>
{
    protected override bool Parse(string text, out Uri? value)
    {
        value = null;
        return text.Length > 0 && !text.Any(sign => char.IsControl(sign) || char.IsWhiteSpace(sign))
            && Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out value);
    }

    protected override string Format(Uri? value) => value!.OriginalString;
}

/// <summary>Reads a version of two to four numbers. The platform accepts <c>1.+2</c> and blanks.</summary>
internal sealed partial class VersionJsonConverter : StrictTextConverter<Version?>
{
    protected override bool Parse(string text, out Version? value)
    {
        value = null;
        return Form().IsMatch(text) && Version.TryParse(text, out value);
    }

    protected override string Format(Version? value) => value!.ToString();

    [GeneratedRegex(@"\A(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){1,3}\z")]
    private static partial Regex Form();
}

/// <summary>Bytes as Base64 with its padding, and nothing between (RFC 4648 section 3.3). The platform skips blanks.</summary>
internal sealed class BytesJsonConverter : StrictTextConverter<byte[]?>
{
    protected override bool Parse(string text, out byte[]? value)
    {
        var bytes = new byte[text.Length / 4 * 3];
        var fits = Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text;
        value = fits ? bytes[..length] : null;
        return fits;
    }

    protected override string Format(byte[]? value) => Convert.ToBase64String(value!);
}
