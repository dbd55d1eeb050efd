using System.Globalization;
using System.Numerics;

namespace Carafe.Tests.Data.Models;

/// <summary>What has to come of a value whose column gets another type.</summary>
internal enum Outcome
{
    /// <summary>The new type has the value, so the change is made.</summary>
    Taken,

    /// <summary>The new type has no such value, so the change is refused.</summary>
    Refused,

    /// <summary>Either, but what is taken means the same.</summary>
    Either,
}

/// <summary>Says, without looking at how the kit does it, what a value means in another type.</summary>
internal static class Meaning
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static Outcome Of(object value, ColumnKind from, ColumnKind to)
    {
        if (from.Name == "Link" || to.Name == "Link")
        {
            // To the databases it is a text, of which nearly any is one.
            return Outcome.Either;
        }

        if (from.Name == to.Name || (from.Clr == to.Clr && from.Clr is "Mood"))
        {
            return Outcome.Taken;
        }

        return (IsNumber(from), IsNumber(to), IsText(from), IsText(to)) switch
        {
            (true, true, _, _) => Number(value, to),
            (true, _, _, true) when to.Name == "NamedMood" => IsReal(from) || value is bool ? Outcome.Either
                : Exact(value) is 0 or 7 or -3 ? Outcome.Taken : Outcome.Refused,
            (true, _, _, true) when from.Clr == "decimal" => Outcome.Either,
            (true, _, _, true) => Fits(value is bool flag ? (flag ? "true" : "false") : Text(value, from), to),
            (_, true, true, _) => from.Name == "NamedMood" ? Outcome.Either : Parsed((string)Convert.ChangeType(value, typeof(string), Invariant), to),
            (_, _, true, true) => Fits(Text(value, from), to),
            (_, _, true, _) => Moment(Text(value, from), to),
            (_, _, _, true) => to.Name is "Text" && from.Name is "Guid" or "DateTime" or "Instant" or "DateOnly" or "TimeOnly" ? Outcome.Taken
                : Outcome.Either,
            _ => (from.Name, to.Name) switch
            {
                ("DateTime", "Instant") or ("Instant", "DateTime") or ("DateOnly", "DateTime" or "Instant") => Outcome.Taken,
                ("DateTime" or "Instant", "DateOnly") => Utc(value).TimeOfDay == TimeSpan.Zero ? Outcome.Taken : Outcome.Refused,
                _ => Outcome.Refused,
            },
        };
    }

    /// <summary>Whether a value that was taken means what the old one meant.</summary>
    public static bool IsKept(object value, object? now, ColumnKind from, ColumnKind to)
    {
        if (now is null or Exception)
        {
            return false;
        }

        if (from.Name == "Link" || to.Name == "Link")
        {
            return from.Clr != "string" && to.Clr != "string" || value.ToString() == now.ToString();
        }

        if (IsNumber(from) && IsNumber(to))
        {
            return IsReal(to) ? IsNear(Real(value), Real(now), to) : Exact(value) is { } one && Exact(now) is { } other && one == other;
        }

        if (IsNumber(from) && IsText(to))
        {
            var text = now is char letter ? letter.ToString() : to.Clr == "Mood" ? Convert.ToInt64(now, Invariant).ToString(Invariant) : (string)now;
            return value is bool flag ? to.Name == "NamedMood" ? text == (flag ? "1" : "0") : text == (flag ? "true" : "false")
                : IsReal(from) ? double.TryParse(text, NumberStyles.Float, Invariant, out var real) && IsNear(Real(value), real, from)
                : decimal.TryParse(text, NumberStyles.Float, Invariant, out var number) && number == Exact(value);
        }

        if (IsText(from) && IsNumber(to))
        {
            var text = from.Clr == "Mood" ? Convert.ToInt64(value, Invariant).ToString(Invariant) : value.ToString()!.Trim();
            return now is bool flag ? text.ToUpperInvariant() is var word && (flag ? word is "TRUE" or "1" : word is "FALSE" or "0")
                : IsReal(to) ? double.TryParse(text, NumberStyles.Float, Invariant, out var real) && IsNear(real, Real(now), to)
                : to.Name == "Mood" && !char.IsAsciiDigit(text[^1]) ? now.ToString() == text
                : decimal.TryParse(text, NumberStyles.Float, Invariant, out var number) && number == Exact(now);
        }

        if (IsText(from) && IsText(to))
        {
            return Word(value, from) == Word(now, to);
        }

        return from.Name is "DateTime" or "Instant" or "DateOnly" && to.Name is "DateTime" or "Instant" or "DateOnly" ? Utc(value) == Utc(now)
            : to.Name is "DateTime" or "Instant" ? Moment(Word(value, from)) == Utc(now)
            : from.Name is "DateTime" or "Instant" ? Moment(Word(now, to)) == Utc(value)
            : from.Name == "TimeOnly" && IsText(to) ? TimeOnly.Parse(Word(now, to), Invariant) == (TimeOnly)value
            : to.Name == "TimeOnly" ? TimeOnly.Parse(Word(value, from), Invariant) == (TimeOnly)now
            : ColumnKind.Show(value).Trim('\'', ' ') == ColumnKind.Show(now).Trim('\'', ' ');
    }

    private static DateTime Moment(string text) => DateTimeOffset.Parse(text.Trim(), Invariant, DateTimeStyles.AssumeUniversal).UtcDateTime;

    private static bool IsText(ColumnKind kind) => kind.Clr is "string" or "char" || kind.Name is "NamedMood";

    private static bool IsReal(ColumnKind kind) => kind.Clr is "float" or "double";

    private static bool IsNumber(ColumnKind kind) =>
        kind.Clr is "bool" or "byte" or "sbyte" or "short" or "ushort" or "int" or "uint" or "long" or "ulong" or "float" or "double" or "decimal"
        || kind.Name == "Mood";

    private static string Word(object value, ColumnKind kind) => kind.Name == "NamedMood" ? Mood(value) : value.ToString()!;

    private static string Mood(object value) => Convert.ToInt64(value, Invariant) switch { 0 => "Calm", 7 => "Cross", -3 => "Glad", var other => $"{other}" };

    private static string Text(object value, ColumnKind kind) => kind.Name == "NamedMood" ? Mood(value) : Convert.ToString(value, Invariant)!;

    private static decimal? Exact(object value) => value switch
    {
        bool flag => flag ? 1 : 0,
        float real => Math.Abs(real) < 1e27f ? (decimal)real : null,
        double real => Math.Abs(real) < 1e27 ? (decimal)real : null,
        System.Enum name => Convert.ToInt64(name, Invariant),
        _ => Convert.ToDecimal(value, Invariant),
    };

    private static double Real(object value) => value is System.Enum or bool ? Convert.ToInt64(value, Invariant) : Convert.ToDouble(value, Invariant);

    private static bool IsNear(double one, double other, ColumnKind kind) =>
        one.Equals(other) || Math.Abs(one - other) <= Math.Abs(one) * (kind.Clr == "float" ? 1e-6 : 1e-14);

    private static Outcome Number(object value, ColumnKind to)
    {
        if (IsReal(to))
        {
            return double.IsFinite(Real(value)) && to.Clr == "float" && float.IsInfinity((float)Real(value)) ? Outcome.Refused
                : value is bool ? Outcome.Either : Outcome.Taken;
        }

        if (value is bool && to.Clr is "bool")
        {
            return Outcome.Taken;
        }

        if (to.Clr == "decimal")
        {
            return Exact(value) is not { } number
                ? value is float or double && double.IsFinite(Real(value)) && to.Name == "Decimal" ? Outcome.Either : Outcome.Refused
                : to.Name == "Money" && (Math.Abs(number) >= 1_000_000 || decimal.Round(number, 2) != number) ? Outcome.Refused
                : value is float or double ? Outcome.Either : Outcome.Taken;
        }

        if (value is float or double && !double.IsInteger(Real(value)))
        {
            return Outcome.Refused;
        }

        var whole = value is float or double ? new BigInteger(Real(value)) : Exact(value)!.Value is var exact && decimal.Truncate(exact) == exact
            ? new BigInteger(exact) : (BigInteger?)null;
        var (least, most) = to.Clr switch
        {
            "bool" => (BigInteger.Zero, BigInteger.One),
            "byte" => (byte.MinValue, byte.MaxValue),
            "sbyte" => (sbyte.MinValue, sbyte.MaxValue),
            "short" => (short.MinValue, short.MaxValue),
            "ushort" => (ushort.MinValue, ushort.MaxValue),
            "uint" => (uint.MinValue, uint.MaxValue),
            "long" => (long.MinValue, long.MaxValue),
            "ulong" => (ulong.MinValue, ulong.MaxValue),
            _ => (int.MinValue, int.MaxValue),
        };
        return whole is { } found && found >= least && found <= most
            ? value is float or double && to.Clr == "bool" || value is bool && to.Clr != "int" ? Outcome.Either : Outcome.Taken
            : Outcome.Refused;
    }

    private static Outcome Parsed(string text, ColumnKind to)
    {
        var word = text.Trim();
        if (to.Clr == "bool")
        {
            return word is "true" or "false" or "1" or "0" ? Outcome.Taken : Outcome.Refused;
        }

        if (to.Name == "Mood")
        {
            return word is "Calm" or "Cross" or "Glad" ? Outcome.Taken : Outcome.Either;
        }

        return IsReal(to)
            ? !double.TryParse(word, NumberStyles.Float, Invariant, out var real) || double.IsInfinity(real) ? Outcome.Refused
                : to.Clr == "float" && float.IsInfinity((float)real) ? Outcome.Refused : Outcome.Taken
            : !decimal.TryParse(word, NumberStyles.Float, Invariant, out var number) ? Outcome.Refused
            : Number(number, to) is Outcome.Taken && word.Contains('e', StringComparison.Ordinal) ? Outcome.Either : Number(number, to);
    }

    private static Outcome Fits(string text, ColumnKind to) => to.Name switch
    {
        "Char" => text.Length == 1 ? Outcome.Taken : Outcome.Refused,
        "Short10" => new StringInfo(text).LengthInTextElements > 10 ? Outcome.Refused : Outcome.Taken,
        "NamedMood" => text is "Calm" or "Cross" or "Glad" ? Outcome.Taken : Outcome.Refused,
        _ => Outcome.Taken,
    };

    private static Outcome Moment(string text, ColumnKind to) => to.Name switch
    {
        "Guid" => Guid.TryParse(text, out _) ? Outcome.Taken : Outcome.Refused,
        "DateTime" or "Instant" => text is "2026-05-28T10:00:00Z" or "2026-05-28" ? Outcome.Taken : Outcome.Refused,
        "DateOnly" => text == "2026-05-28" ? Outcome.Taken : Outcome.Refused,
        "TimeOnly" => text == "10:20:30" ? Outcome.Taken : Outcome.Refused,
        _ => Outcome.Refused,
    };

    private static DateTime Utc(object value) => value switch
    {
        DateTimeOffset moment => moment.UtcDateTime,
        DateOnly day => day.ToDateTime(TimeOnly.MinValue),
        _ => (DateTime)value,
    };
}
