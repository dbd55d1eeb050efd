using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Carafe.Data.Sqlite;

/// <summary>
/// Sorts decimals, which SQLite keeps as text. EF's own collation reads them by the culture of the thread, and a text that is no number ends the
/// process: SQLite calls it, and no exception
/// may pass through.
/// </summary>
internal static class SqliteDecimals
{
    public static void Register(SqliteConnection connection) => connection.CreateCollation("EF_DECIMAL", Compare);

    // What is no number comes first, in the order of its characters.
    private static int Compare(string one, string other) => (Read(one), Read(other)) switch
    {
        ({ } left, { } right) => decimal.Compare(left, right),
        (null, null) => string.CompareOrdinal(one, other),
        (null, _) => -1,
        _ => 1,
    };

    private static decimal? Read(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
