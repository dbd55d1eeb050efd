using System.Collections;
using System.Globalization;

namespace Carafe.Tests.Data.Models;

/// <summary>A type of a column, and values of it up to its edges.</summary>
/// <param name="Name">A word for it, which is part of a name in C#.</param>
/// <param name="Clr">The type in C#.</param>
/// <param name="Modelling">What is called on its property.</param>
/// <param name="Values">Some of its values; those of an enum as numbers.</param>
internal sealed record ColumnKind(string Name, string Clr, string Modelling, params object[] Values)
{
    public const string Enum = "public enum Mood { Calm, Cross = 7, Glad = -3 }";

    public static readonly IReadOnlyList<ColumnKind> All =
    [
        new("Bool", "bool", "", true, false),
        new("Byte", "byte", "", (byte)0, (byte)1, byte.MaxValue),
        new("SByte", "sbyte", "", sbyte.MinValue, (sbyte)1, sbyte.MaxValue),
        new("Short", "short", "", short.MinValue, (short)0, (short)300, short.MaxValue),
        new("UShort", "ushort", "", (ushort)0, (ushort)7, ushort.MaxValue),
        new("Int", "int", "", int.MinValue, -3, 1, 70_000, int.MaxValue),
        new("UInt", "uint", "", 0u, 1u, uint.MaxValue),
        new("Long", "long", "", long.MinValue, -1L, 0L, 1L << 53, (1L << 53) + 1, long.MaxValue),
        new("ULong", "ulong", "", 0UL, 1UL, (ulong)long.MaxValue + 1, ulong.MaxValue),
        new("Float", "float", "", 0f, 1f, -1.5f, 1e30f, float.NaN, float.PositiveInfinity),
        new("Double", "double", "", 0d, 1d, 0.1d, -2.5d, 1e18, 1e300, double.NaN, double.NegativeInfinity),
        new("Decimal", "decimal", "", 0m, 1m, 1.5m, -79228162514264337593543950335m, 0.0000001m, 9999999999999999999999m),
        new("Money", "decimal", "HasPrecision(8, 2)", 0m, 1m, 12.34m, -999999.99m),
        new("Char", "char", "", 'a', '1', 'ß'),
        new("Text", "string", "", "", "1", " 7 ", "true", "a", "abc", "-3", "1.5", "1e3", "Calm", "2026-05-28", "2026-05-28T10:00:00Z", "10:20:30",
            "0f8fad5b-d9cb-469f-a165-70867728950e", "twelve letters or more", "2026-02-30", "25:00", "9e999", "99999999999999999999999999999999999999"),
        new("Short10", "string", "HasMaxLength(10)", "", "1", "7", "false", "0123456789", "2026-05-28", "Cross", "😀😀😀😀😀"),
        new("Guid", "Guid", "", Guid.Empty, Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e")),
        new("Bytes", "byte[]", "", Array.Empty<byte>(), new byte[] { 0, 1, 255 }),
        new("DateTime", "DateTime", "", new DateTime(2026, 5, 28, 0, 0, 0, DateTimeKind.Utc), new DateTime(2026, 5, 28, 10, 20, 30, 123, 456, DateTimeKind.Utc),
            new DateTime(1, 1, 2, 0, 0, 0, DateTimeKind.Utc)),
        new("Instant", "DateTimeOffset", "", new DateTimeOffset(2026, 5, 28, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 5, 28, 10, 20, 30, TimeSpan.FromHours(2))),
        new("DateOnly", "DateOnly", "", new DateOnly(2026, 5, 28), new DateOnly(1, 1, 2), new DateOnly(9999, 12, 30)),
        new("TimeOnly", "TimeOnly", "", new TimeOnly(0, 0), new TimeOnly(10, 20, 30), new TimeOnly(23, 59, 59, 999, 999)),
        new("Span", "TimeSpan", "", TimeSpan.Zero, TimeSpan.FromHours(30), TimeSpan.FromSeconds(-1)),
        new("Mood", "Mood", "", 0, 7, -3),
        new("NamedMood", "Mood", "HasConversion<string>()", 0, 7, -3),
        new("Numbers", "List<int>", "", new List<int>(), new List<int> { 1, -2 }),
        new("Words", "List<string>", "", new List<string> { "a", "b\"c" }),
        new("Address", "System.Net.IPAddress", "", IPAddress.Loopback, IPAddress.IPv6Loopback),
        new("Link", "Uri", "", new Uri("https://example.com/a?b=c")),
    ];

    public static object ToModel(object value, Type type) => type.IsEnum ? System.Enum.ToObject(type, value) : value;

    /// <summary>Writes a value for messages and for comparing.</summary>
    public static string Show(object? value) => value switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexString(bytes),
        string text => $"'{text}'",
        DateTime moment => moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateTimeOffset moment => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        decimal number => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Show))}]",
        _ => value.ToString()!,
    };
}
