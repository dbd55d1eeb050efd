using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Carafe.Json;

/// <summary>
/// Reads the text of a path, a query, a header or a form by the rules of JSON: a number or a boolean as it stands in a body, everything else as it stands
/// there between quotes. The platform's parsers take blanks, signs, thousands, other calendars and other names.
/// </summary>
internal sealed class SimpleTextReader
{
    // With the number of digits that always fit.
    private static readonly Dictionary<Type, int> WholeNumbers = new()
    {
        [typeof(byte)] = 2,
        [typeof(sbyte)] = 2,
        [typeof(short)] = 4,
        [typeof(ushort)] = 4,
        [typeof(int)] = 9,
        [typeof(uint)] = 9,
        [typeof(long)] = 18,
        [typeof(ulong)] = 18,
        [typeof(Int128)] = 18,
        [typeof(UInt128)] = 18,
        [typeof(BigInteger)] = 18,
    };

    private static readonly HashSet<Type> Fractions = [typeof(decimal), typeof(double), typeof(float), typeof(Half)];

    private static readonly HashSet<Type> Texts =
    [
        typeof(char), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(Uri),
        typeof(Version),
    ];

    private readonly JsonTypeInfo _type;
    private readonly bool _isQuoted;
    private readonly int _safeDigits;

    private SimpleTextReader(JsonTypeInfo type, bool isNumber)
    {
        _type = type;
        _safeDigits = WholeNumbers.GetValueOrDefault(type.Type);
        _isQuoted = !isNumber && (type.Type.IsEnum || Texts.Contains(type.Type));
    }

    /// <summary>Makes the reader of a simple type of the platform or an enum; null for every other, which has its own parser.</summary>
    public static SimpleTextReader? For(Type type, JsonSerializerOptions json)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum || type == typeof(bool) || WholeNumbers.ContainsKey(type) || Fractions.Contains(type)
            || Texts.Contains(type) ? new SimpleTextReader(json.GetTypeInfo(type), IsTime(type) && Timestamps.Of(json).IsNumber) : null;
    }

    public bool IsWhole => _safeDigits > 0;

    /// <summary>Gives the text that makes the platform's parser read the same value; null when it is not what JSON would take.</summary>
    public string? Read(string text)
    {
        if (IsPlain(text))
        {
            return text;
        }

        return Value(text) is { } value ? Format(value, text) : null;
    }

    /// <summary>Gives the value; null when it is not what JSON would take.</summary>
    public object? Value(string text)
    {
        if (!_isQuoted && (text.Length == 0 || !IsToken(text)))
        {
            return null;
        }

        try
        {
            var json = _isQuoted ? JsonSerializer.SerializeToUtf8Bytes(text) : Encoding.UTF8.GetBytes(text);
            return JsonSerializer.Deserialize(json, _type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsTime(Type type) => type == typeof(DateTime) || type == typeof(DateTimeOffset);

    private static string? Format(object value, string text) => value switch
    {
        // An app's own converter may take a number; no handler is ready for a value that has no name.
        Enum when value.ToString() is var name => name is [>= '0' and <= '9' or '-', ..] ? null : name,
        DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        decimal => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        IFormattable number when WholeNumbers.ContainsKey(value.GetType()) => number.ToString(null, CultureInfo.InvariantCulture),
        _ => text,
    };

    // The digits of nearly every id: nothing to parse twice.
    private bool IsPlain(string text) =>
        text.Length > 0 && text.Length <= _safeDigits && text is not ['0', _, ..] && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    // JSON allows blanks around a value; a parameter is the value alone.
    private static bool IsToken(string text) => !text.AsSpan().ContainsAny(" \t\r\n") && text[0] is not ('"' or '[' or '{');
}
