using System.Globalization;
using Carafe.Data.Providers;
using static Carafe.Data.Providers.ValueKind;

namespace Carafe.Data.Postgres;

/// <summary>Holds the expression that converts a column's values, and the condition that finds the values that do not fit.</summary>
/// <param name="Using">The new value.</param>
/// <param name="Misfit">True for a value that is none of the new type; null where all fit.</param>
internal sealed record PostgresValues(string Using, string? Misfit)
{
    private const string Digits = @"'^\s*[+-]?[0-9]{1,38}\s*$'";
    private const string Numeral = @"'^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*$'";
    private const string Day = @"(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])";
    private const string Clock = @"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?";
    private const string Zone = @"(Z|[+-](0\d|1[0-3])(:?[0-5]\d)?|[+-]14(:?00)?)?";

    // What C# has (https://learn.microsoft.com/dotnet/api/system.decimal.maxvalue); PostgreSQL's numbers go on.
    private const string Decimals = "79228162514264337593543950336";

    /// <param name="column">The column, quoted.</param>
    /// <param name="change">The types.</param>
    /// <param name="oldType">The type that the column has in the database.</param>
    /// <param name="newType">The type that it shall have.</param>
    public static PostgresValues Of(string column, ValueChange change, string oldType, string newType)
    {
        if (change.Names.Count > 0)
        {
            var cases = string.Concat(change.Names.Select(name => $" WHEN {Literal(name.Key)} THEN {Literal(name.Value)}"));
            var text = change.From.Kind == ValueKind.Decimal ? $"trim_scale({column})::text" : $"{column}::text";
            return new($"(CASE {text}{cases} END)::{newType}",
                $"{text} NOT IN ({string.Join(", ", change.Names.Select(name => Literal(name.Key)))})");
        }

        if (!change.IsPossible)
        {
            return new($"NULL::{newType}", "true");
        }

        return change.To.Kind switch
        {
            ValueKind.Boolean => Flag(column, change.From.Kind),
            Integer => Whole(column, change, newType),
            Real => Approximate(column, change, newType),
            ValueKind.Decimal => Exact(column, change, newType),
            Text => Written(column, change),
            ValueKind.Guid =>
                new($"{column}::uuid", change.From.Kind == Text ? $@"{column} !~* '^\s*\{{?[0-9a-f]{{8}}-?([0-9a-f]{{4}}-?){{3}}[0-9a-f]{{12}}\}}?\s*$'"
                    : null),
            Instant => Moment(column, change.From.Kind, oldType, newType),
            Date => change.From.Kind == Instant
                ? new($"({Utc(column, oldType)})::date", $"({Utc(column, oldType)})::time <> '00:00'")
                : new($"{column}::date", change.From.Kind == Text ? NoDay(column, "") : null),
            Time => new($"{column}::time", change.From.Kind == Text ? $@"{column} !~ '^\s*{Clock}\s*$'" : null),
            _ => new($"{column}::{newType}", null),
        };
    }

    private static PostgresValues Flag(string column, ValueKind from) => from switch
    {
        Integer or ValueKind.Decimal => new($"{column} <> 0", $"{column} NOT IN (0, 1)"),
        Text => new($"lower(trim({column})) IN ('true', '1')", $"lower(trim({column})) NOT IN ('true', 'false', '1', '0')"),
        _ => new(column, null),
    };

    private static PostgresValues Whole(string column, ValueChange change, string newType)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"BETWEEN {change.To.Range.Least} AND {change.To.Range.Most}");
        return change.From.Kind switch
        {
            ValueKind.Boolean => new($"{column}::integer::{newType}", null),
            Text => new($"trim({column})::{newType}", $"NOT (CASE WHEN {column} ~ {Digits} THEN trim({column})::numeric {range} ELSE false END)"),
            Integer => new($"{column}::{newType}", change.KeepsValues ? null : $"{column} NOT {range}"),
            _ => new($"{column}::{newType}", $"NOT ({column} {range} AND {column} = trunc({column}))"),
        };
    }

    private static PostgresValues Exact(string column, ValueChange change, string newType)
    {
        var number = change.From.Kind switch
        {
            Text => $"trim({column})::numeric",
            ValueKind.Boolean => $"{column}::integer::numeric",
            _ => $"{column}::numeric",
        };
        var fits = change.To.Limit is { } limit
            ? string.Create(CultureInfo.InvariantCulture, $"(abs({number}) < {limit} AND round({number}, {change.To.Scale ?? 0}) = {number})")
            : $"abs({number}) < {Decimals}";
        fits = change.To.IsUnsigned ? $"({fits} AND {number} >= 0)" : fits;
        return new(
            $"({number})::{newType}",
            change.From.Kind switch
            {
                Text => $"NOT (CASE WHEN {column} ~ {Numeral} THEN {fits} ELSE false END)",
                Real => $"NOT (CASE WHEN {column} IN ('NaN', 'Infinity', '-Infinity') THEN false ELSE {fits} END)",
                _ => change.KeepsValues ? null : $"NOT {fits}",
            });
    }

    // Infinity is a number of both; what is too large for the narrower one is an error of the server's that names no row.
    private static PostgresValues Approximate(string column, ValueChange change, string newType)
    {
        var (least, most) = change.To.Clr == typeof(float) ? ("1e-45", "3.4028236e38") : ("5e-324", "1.797693134862315808e308");
        var number = change.From.Kind == Text ? $"trim({column})::numeric" : column;
        var fits = $"({number} = 0 OR abs({number}) BETWEEN {least} AND {most})";
        return new(
            $"{Trimmed(column, change)}::{newType}",
            change.From.Kind switch
            {
                Text => $"NOT (CASE WHEN {column} ~ {Numeral} THEN {fits} ELSE false END)",
                Real when change.To.Clr == typeof(float) => $"NOT ({column} IN ('NaN', 'Infinity', '-Infinity') OR {fits})",
                _ => null,
            });
    }

    private static PostgresValues Written(string column, ValueChange change)
    {
        var text = change.From.Kind == Instant ? $"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""" : $"{column}::text";
        // A char of C# is one unit of UTF-16, and never none.
        return new(text, change.KeepsValues || change.To.MaxLength is not { } most ? null
            : change.To.Clr == typeof(char) ? $"(char_length({text}) <> 1 OR octet_length({text}) > 3)"
            : string.Create(CultureInfo.InvariantCulture, $"char_length({text}) > {most}"));
    }

    // That a month has the day is asked only of what looks like one.
    private static string NoDay(string column, string rest)
    {
        var day = $@"btrim({column}, E' \t\n\v\f\r')";
        var first = $"make_date(substr({day}, 1, 4)::integer, substr({day}, 6, 2)::integer, 1)";
        return $@"NOT (CASE WHEN {column} ~ '^\s*{Day}{rest}\s*$' THEN substr({day}, 9, 2)::integer <= date_part('day', {first} + interval '1 month -1 day') "
            + "ELSE false END)";
    }

    private static PostgresValues Moment(string column, ValueKind from, string oldType, string newType)
    {
        var zoned = HasZone(newType);
        return from switch
        {
            Date => new(zoned ? $"{column}::timestamp AT TIME ZONE 'UTC'" : $"{column}::timestamp", null),
            Text => new(zoned ? $"trim({column})::timestamptz" : $"trim({column})::timestamptz AT TIME ZONE 'UTC'", NoDay(column, $"([ T]{Clock}{Zone})?")),
            _ => new(HasZone(oldType) == zoned ? column : $"{column} AT TIME ZONE 'UTC'", null),
        };
    }

    private static string Utc(string column, string type) => HasZone(type) ? $"{column} AT TIME ZONE 'UTC'" : column;

    private static bool HasZone(string type) =>
        type.Contains("with time zone", StringComparison.OrdinalIgnoreCase) || type.StartsWith("timestamptz", StringComparison.OrdinalIgnoreCase);

    private static string Trimmed(string column, ValueChange change) => change.From.Kind == Text ? $"trim({column})" : column;

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
