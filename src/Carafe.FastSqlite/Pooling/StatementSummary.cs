using System.Text.RegularExpressions;

namespace Carafe.FastSqlite.Pooling;

/// <summary>
/// Says what a statement does in a few words that hold no value: what it is, and the first table. It names the statement's span, as OpenTelemetry has it.
/// </summary>
internal static partial class StatementSummary
{
    public static string Of(string text)
    {
        var rest = StatementClassifier.SkipComments(text).ToString();
        var verb = Verb().Match(rest);
        var table = Table().Match(rest);
        return !verb.Success ? "sqlite"
            : table.Success ? $"{verb.Value.ToUpperInvariant()} {table.Groups["name"].Value}"
            : verb.Value.ToUpperInvariant();
    }

    [GeneratedRegex(@"\b(SELECT|INSERT|UPDATE|DELETE|REPLACE)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Verb();

    // EF Core quotes the names of tables.
    [GeneratedRegex("""\b(FROM|INTO|UPDATE)\s+"?(?<name>\w+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Table();
}
