using System.Globalization;
using Carafe.Data.Migrations;
using static Carafe.Data.Migrations.ValueKind;

namespace Carafe.Data.Postgres;

/// <summary>Holds the expression that converts a column's values, and the condition that finds the values that do not fit.</summary>
/// <param name="Using">The new value.</param>
/// <param name="Misfit">True for a value that is none of the new type; null where all fit.</param>
internal sealed record PostgresValues(string Using, string? Misfit)
{
    private const string Digits = @"'^\s*[+-]?[0-9]{1,38}\s*$'";
    private const string Numeral = @"'^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*$'";
    private const string Iso = @"'^\s*\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?\s*$'";

    /// <param name="column">The column, quoted.</param>
    /// <param name="change">The types.</param>
    /// <param name="oldType">The type that the column has in the database.</param>
    /// <param name="newType">The type that it shall have.</param>
    public static PostgresValues Of(string column, ValueChange change, string oldType, string newType)
    {
        if (change.Names.Count > 0)
        {
            var cases = string.Concat(change.Names.Select(name => $" WHEN {Literal(name.Key)} THEN {Literal(name.Value)}"));
            return new($"(CASE {column}::text{cases} END)::{newType}",
                $"{column}::text NOT IN ({string.Join(", ", change.Names.Select(name => Literal(name.Key)))})");
        }

        if (!change.IsPossible)
        {
            return new($"NULL::{newType}", "true");
        }

        return change.To.Kind switch
        {
            ValueKind.Boolean => Flag(column, change.From.Kind),
            Integer => Whole(column, change, newType),
            Real => new($"{Trimmed(column, change)}::{newType}", change.From.Kind == Text ? $"{column} !~ {Numeral}" : null),
            ValueKind.Decimal => Exact(column, change, newType),
            Text => Written(column, change),
            ValueKind.Guid =>
                new($"{column}::uuid", change.From.Kind == Text ? $@"{column} !~* '^\s*\{{?[0-9a-f]{{8}}-?([0-9a-f]{{4}}-?){{3}}[0-9a-f]{{12}}\}}?\s*$'"
                    : null),
            Instant => Moment(column, change.From.Kind, oldType, newType),
            Date => change.From.Kind == Instant
                ? new($"({Utc(column, oldType)})::date", $"({Utc(column, oldType)})::time <> '00:00'")
                : new($"{column}::date", change.From.Kind == Text ? $@"{column} !~ '^\s*\d{{4}}-\d\d-\d\d\s*$'" : null),
            Time => new($"{column}::time", change.From.Kind == Text ? $@"{column} !~ '^\s*\d\d:\d\d(:\d\d(\.\d+)?)?\s*$'" : null),
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
            : "true";
        fits = change.To.IsUnsigned ? $"({fits} AND {number} >= 0)" : fits;
        return new(
            $"({number})::{newType}",
            change.From.Kind switch
            {
                Text => $"NOT (CASE WHEN {column} ~ {Numeral} THEN {fits} ELSE false END)",
                Real => $"NOT (CASE WHEN {column} IN ('NaN', 'Infinity', '-Infinity') THEN false ELSE {fits} END)",
                _ => change.KeepsValues || fits == "true" ? null : $"NOT {fits}",
            });
    }

    private static PostgresValues Written(string column, ValueChange change)
    {
        var text = change.From.Kind == Instant ? $"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""" : $"{column}::text";
        return new(text, change.To.MaxLength is { } most && !change.KeepsValues ? string.Create(CultureInfo.InvariantCulture, $"char_length({text}) > {most}")
            : null);
    }

    private static PostgresValues Moment(string column, ValueKind from, string oldType, string newType)
    {
        var zoned = HasZone(newType);
        return from switch
        {
            Date => new(zoned ? $"{column}::timestamp AT TIME ZONE 'UTC'" : $"{column}::timestamp", null),
            Text => new(zoned ? $"trim({column})::timestamptz" : $"trim({column})::timestamptz AT TIME ZONE 'UTC'", $"{column} !~ {Iso}"),
            _ => new(HasZone(oldType) == zoned ? column : $"{column} AT TIME ZONE 'UTC'", null),
        };
    }

    private static string Utc(string column, string type) => HasZone(type) ? $"{column} AT TIME ZONE 'UTC'" : column;

    private static bool HasZone(string type) =>
        type.Contains("with time zone", StringComparison.OrdinalIgnoreCase) || type.StartsWith("timestamptz", StringComparison.OrdinalIgnoreCase);

    private static string Trimmed(string column, ValueChange change) => change.From.Kind == Text ? $"trim({column})" : column;

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
