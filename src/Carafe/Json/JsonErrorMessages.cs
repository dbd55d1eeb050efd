using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Carafe.Json;

/// <summary>Describes in terms of JSON what a value must be.</summary>
internal static class JsonErrorMessages
{
    public const string Required = "is required";
    public const string NotNull = "must not be null";
    public const string Unknown = "is not a member of this object";
    public const string Twice = "appears twice";
    public const string Invalid = "is not valid";
    public const string Object = "must be an object";
    public const string List = "must be a list";

    private static readonly Dictionary<Type, string> Texts = new()
    {
        [typeof(string)] = "must be text",
        [typeof(char)] = "must be one character",
        [typeof(bool)] = "must be true or false",
        [typeof(decimal)] = "must be a number",
        [typeof(double)] = "must be a number",
        [typeof(float)] = "must be a number",
        [typeof(Half)] = "must be a number",
        [typeof(Guid)] = "must be a UUID, such as 0190f5a6-2c1b-7b6e-9d43-5f0c8a1e2b3d",
        [typeof(DateOnly)] = "must be a date, such as 2026-05-28",
        [typeof(TimeOnly)] = "must be a time of day, such as 09:30:00",
        [typeof(TimeSpan)] = "must be a duration, such as 01:30:00",
        [typeof(Uri)] = "must be a URL",
        [typeof(Version)] = "must be a version, such as 1.2.3",
        [typeof(byte[])] = "must be Base64 text",
    };

    private static readonly Dictionary<Type, (BigInteger Min, BigInteger Max)> Ranges = new()
    {
        [typeof(byte)] = (byte.MinValue, byte.MaxValue),
        [typeof(sbyte)] = (sbyte.MinValue, sbyte.MaxValue),
        [typeof(short)] = (short.MinValue, short.MaxValue),
        [typeof(ushort)] = (ushort.MinValue, ushort.MaxValue),
        [typeof(int)] = (int.MinValue, int.MaxValue),
        [typeof(uint)] = (uint.MinValue, uint.MaxValue),
        [typeof(long)] = (long.MinValue, long.MaxValue),
        [typeof(ulong)] = (ulong.MinValue, ulong.MaxValue),
        [typeof(Int128)] = (Int128.MinValue, Int128.MaxValue),
        [typeof(UInt128)] = (UInt128.MinValue, UInt128.MaxValue),
    };

    /// <summary>Describes what a value of the type must be, without naming the type.</summary>
    public static string Expected(Type type, JsonSerializerOptions options)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? $"must be one of: {string.Join(", ", EnumNames.Of(type, options))}"
            : type == typeof(DateTimeOffset) || type == typeof(DateTime) ? Timestamps.Of(options).Expected
            : Ranges.ContainsKey(type) || type == typeof(BigInteger) ? "must be a whole number"
            : Texts.GetValueOrDefault(type, Invalid);
    }

    /// <summary>Describes what is wrong with a JSON value that the type did not accept.</summary>
    public static string Wrong(Type type, ref Utf8JsonReader value, JsonSerializerOptions options)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (value.TokenType == JsonTokenType.Null)
        {
            return NotNull;
        }

        if (value.TokenType == JsonTokenType.Number)
        {
            return Ranges.TryGetValue(type, out var range) ? (IsWhole(value.ValueSpan) ? Between(range) : Expected(type, options))
                : type == typeof(decimal) || type == typeof(double) || type == typeof(float) || type == typeof(Half) ? "is a number that cannot be kept exactly"
                : Expected(type, options);
        }

        return value.TokenType == JsonTokenType.String && type == typeof(string)
            ? "must be Unicode text without NUL characters and lone surrogates"
            : Expected(type, options);
    }

    /// <summary>Describes the same for text of a query, a route or a header.</summary>
    public static string Wrong(Type type, string text, JsonSerializerOptions options)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return Ranges.TryGetValue(type, out var range) && text.Length > 0
            && IsWhole(System.Text.Encoding.UTF8.GetBytes(text)) ? Between(range) : Expected(type, options);
    }

    private static bool IsWhole(ReadOnlySpan<byte> digits) => !digits.TrimStart((byte)'-').ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static string Between((BigInteger Min, BigInteger Max) range) =>
        string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {range.Min} to {range.Max}");
}
