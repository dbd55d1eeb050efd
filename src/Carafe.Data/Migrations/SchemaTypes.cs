using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Migrations;

/// <summary>Compares column types: varchar(20) and character varying(20) are one, and so are int and MariaDB's int(11).</summary>
internal static partial class SchemaTypes
{
    public static bool IsSame(IRelationalTypeMappingSource types, string wanted, string? found)
    {
        if (found is null || wanted.Equals(found, StringComparison.OrdinalIgnoreCase))
        {
            return found is not null;
        }

        var (one, other) = (Widthless(wanted), Widthless(found));
        // SQLite's mappings do not keep sizes.
        return one.Equals(other, StringComparison.OrdinalIgnoreCase)
            || ((Sizes(one) is not { } these || Sizes(other) is not { } those || these == those)
                && types.FindMapping(one) is { } left && types.FindMapping(other) is { } right
                && (left.GetType(), left.Size, left.Precision, Scale(left), left.IsFixedLength) == (right.GetType(), right.Size, right.Precision,
                    Scale(right), right.IsFixedLength));
    }

    private static int? Scale(RelationalTypeMapping mapping) => mapping.Scale ?? (mapping.Precision is null ? null : 0);

    private static string Widthless(string type) => DisplayWidth().Replace(type, "$1");

    private static string? Sizes(string type) =>
        InParentheses().Match(type) is { Success: true } match
            ? match.Groups[1].Value.Replace(" ", "", StringComparison.Ordinal).Replace(",0", "", StringComparison.Ordinal)
            : null;

    [GeneratedRegex(@"\(([\d, ]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex InParentheses();

    // A width that says how a number is shown and nothing of what it holds.
    [GeneratedRegex(@"\b(tinyint|smallint|mediumint|int|integer|bigint)\s*\(\d+\)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DisplayWidth();
}
