using System.Globalization;
using System.Numerics;
using Carafe.Data.Providers;
using static Carafe.Data.Providers.ValueKind;
using ValueType = Carafe.Data.Providers.ValueType;

namespace Carafe.Data.Sqlite.Rebuild;

/// <summary>Turns a stored value of one type into that of another, as EF's provider for SQLite stores both.</summary>
internal static class SqliteValues
{
    private const string InstantFormat = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>The new value, or null where the old one is none of its type, or does not fit.</summary>
    public static object? Convert(object stored, ValueChange change)
    {
        if (change.Names.Count > 0)
        {
            var text = Read(stored, change.From) is { } known ? Written(known) : null;
            return change.Names.FirstOrDefault(name => name.Key == text) is { Key: not null } found ? Write(found.Value, change.To) : null;
        }

        return Read(stored, change.From) is { } value
            ? Write(change is { From.Clr: var from, To.Kind: Text } && from == typeof(float) ? ((float)(double)value).ToString(Invariant) : value, change.To)
            : null;
    }

    /// <summary>An instant as the kit stores it; null where the text is none.</summary>
    public static string? Instant(string text) => Moment(text)?.ToString(InstantFormat, Invariant);

    // Integers are BigInteger, for ulong has values beyond long.
    private static object? Read(object stored, ValueType type) => (type.Kind, stored) switch
    {
        (ValueKind.Boolean, long number) => number != 0,
        (Integer, long number) => type.Clr == typeof(ulong) ? new BigInteger((ulong)number) : new BigInteger(number),
        (Real, double number) => number,
        (Real, long number) => (double)number,
        (ValueKind.Decimal, string text) => decimal.TryParse(text, NumberStyles.Float, Invariant, out var number) ? number : null,
        (ValueKind.Decimal, long number) => (decimal)number,
        (ValueKind.Decimal, double number) => InDecimal(number),
        (Text, string text) => text,
        (ValueKind.Guid, string text) => System.Guid.TryParse(text, out var id) ? id : null,
        (ValueKind.Instant, string text) => Moment(text),
        (Date, string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", Invariant, DateTimeStyles.None, out var date) ? date : null,
        (Time, string text) => TimeOnly.TryParse(text, Invariant, out var time) ? time : null,
        (Other, _) => stored,
        _ => null,
    };

    private static object? Write(object value, ValueType type) => type.Kind switch
    {
        ValueKind.Boolean => Flag(value) is { } flag ? flag ? 1L : 0L : null,
        Integer => Whole(value) is { } number && number >= type.Range.Least && number <= type.Range.Most ? unchecked((long)(ulong)(number & ulong.MaxValue))
            : null,
        Real => Number(value) is { } number && (type.Clr != typeof(float) || !float.IsInfinity((float)number) || double.IsInfinity(number))
            ? type.Clr == typeof(float) ? (float)number : number : null,
        ValueKind.Decimal => Exact(value, type)?.ToString("0.0###########################", Invariant),
        Text => Written(value) is { } text && (type.Clr != typeof(char) || text.Length == 1)
            && !(type.MaxLength is { } most && text.Length > most && text.EnumerateRunes().Count() > most) ? text : null,
        ValueKind.Guid => (value as System.Guid? ?? (System.Guid.TryParse(value as string, out var id) ? id : null))?.ToString().ToUpperInvariant(),
        ValueKind.Instant =>
            (value as DateTime? ?? (value as DateOnly?)?.ToDateTime(TimeOnly.MinValue) ?? Moment(value as string))?.ToString(InstantFormat,
                Invariant),
        Date => Day(value)?.ToString("yyyy-MM-dd", Invariant),
        Time => (value as TimeOnly? ?? (TimeOnly.TryParse(value as string, Invariant, out var time) ? time : null)) is { } at
            ? at.ToString(at.Ticks % TimeSpan.TicksPerSecond == 0 ? "HH:mm:ss" : "HH:mm:ss.fffffff", Invariant)
            : null,
        _ => value,
    };

    private static bool? Flag(object value) => value switch
    {
        bool flag => flag,
        BigInteger number => number.IsZero ? false : number.IsOne ? true : null,
        decimal number => number == 0 ? false : number == 1 ? true : null,
        string text => text.Trim().ToUpperInvariant() switch { "TRUE" or "1" => true, "FALSE" or "0" => false, _ => null },
        _ => null,
    };

    private static BigInteger? Whole(object value) => value switch
    {
        bool flag => flag ? BigInteger.One : BigInteger.Zero,
        BigInteger number => number,
        double number => double.IsInteger(number) ? new BigInteger(number) : null,
        decimal number => decimal.Truncate(number) == number ? new BigInteger(number) : null,
        string text => BigInteger.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, Invariant, out var number) ? number : null,
        _ => null,
    };

    private static double? Number(object value) => value switch
    {
        BigInteger number => (double)number,
        double number => number,
        decimal number => (double)number,
        string text => double.TryParse(text.Trim(), NumberStyles.Float, Invariant, out var number) && double.IsFinite(number) ? number : null,
        _ => null,
    };

    private static decimal? Exact(object value, ValueType type)
    {
        decimal? exact = value switch
        {
            bool flag => flag ? 1 : 0,
            BigInteger number => BigInteger.Abs(number) <= new BigInteger(decimal.MaxValue) ? (decimal)number : null,
            double number => InDecimal(number),
            decimal number => number,
            string text => decimal.TryParse(text.Trim(), NumberStyles.Float, Invariant, out var number) ? number : null,
            _ => null,
        };
        if (exact < 0 && type.IsUnsigned)
        {
            return null;
        }

        return exact is { } found && type.Limit is { } limit
            && (new BigInteger(decimal.Abs(found)) >= limit || decimal.Round(found, type.Scale ?? 0) != found) ? null : exact;
    }

    private static decimal? InDecimal(double number) => double.IsFinite(number) && Math.Abs(number) < (double)decimal.MaxValue ? (decimal)number : null;

    private static DateOnly? Day(object value) => value switch
    {
        DateOnly date => date,
        DateTime moment => moment.TimeOfDay == TimeSpan.Zero ? DateOnly.FromDateTime(moment) : null,
        string text => DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", Invariant, DateTimeStyles.None, out var date) ? date : null,
        _ => null,
    };

    // ISO 8601 and nothing else: 02/03/2026 is two different days.
    private static DateTime? Moment(string? text) =>
        text is { Length: >= 10 } && text[4] == '-' && text[7] == '-'
            && DateTimeOffset.TryParse(text, Invariant, DateTimeStyles.AssumeUniversal, out var moment) ? moment.UtcDateTime : null;

    private static string? Written(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        System.Guid id => id.ToString(),
        DateTime moment => moment.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", Invariant),
        DateOnly date => date.ToString("yyyy-MM-dd", Invariant),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", Invariant),
        decimal number => number.ToString("0.############################", Invariant),
        IFormattable number => number.ToString(null, Invariant),
        _ => null,
    };
}
