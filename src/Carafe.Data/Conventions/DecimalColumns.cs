using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Conventions;

/// <summary>
/// Refuses a decimal that its column's precision cannot hold: SQLite ignores precisions, PostgreSQL rounds what is too fine and refuses what is too
/// large.
/// </summary>
internal static partial class DecimalColumns
{
    private const string Annotation = "Carafe:Precision";

    public static void Check(EntityEntry entry, JsonSerializerOptions json)
    {
        foreach (var property in entry.Metadata.GetProperties())
        {
            if ((property.ClrType == typeof(decimal) || property.ClrType == typeof(decimal?)) && entry.CurrentValues[property] is decimal value
                && Limits(property) is var (precision, scale) && !Fits(value, precision, scale))
            {
                var rule = scale == 0
                    ? $"must be a whole number of at most {precision} digits."
                    : $"must have at most {precision - scale} digits before the decimal point and {scale} after it.";
                throw Abort.Invalid(ConstraintNames.Name(property, json), rule);
            }
        }
    }

    // 1.50 has one decimal place.
    private static bool Fits(decimal value, int precision, int scale)
    {
        var text = Math.Abs(value).ToString("0.############################", CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var (whole, fraction) = point < 0 ? (text, 0) : (text[..point], text.Length - point - 1);
        return fraction <= scale && (whole == "0" ? 0 : whole.Length) <= precision - scale;
    }

    private static (int Precision, int Scale)? Limits(IProperty property) =>
        ((int Precision, int Scale)?)property.GetOrAddRuntimeAnnotationValue<object?, IProperty>(Annotation, static property => Read(property!), property);

    private static object? Read(IProperty property)
    {
        if (property.GetValueConverter() is not null)
        {
            return null;
        }

        if (property.GetPrecision() is { } precision)
        {
            return (precision, property.GetScale() ?? 0);
        }

        var match = Declared().Match(property.GetColumnType() ?? "");
        return match.Success ? (Number(match, 1), match.Groups[2].Success ? Number(match, 2) : 0) : null;
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?:decimal|numeric)\s*\(\s*([0-9]+)\s*(?:,\s*([0-9]+)\s*)?\)", RegexOptions.IgnoreCase)]
    private static partial Regex Declared();
}
