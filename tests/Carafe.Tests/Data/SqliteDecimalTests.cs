using System.Globalization;
using Carafe.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace Carafe.Tests.Data;

public class SqliteDecimalTests
{
    [Theory]
    [InlineData(",", ".")]
    [InlineData(".", ",")]
    [InlineData("\u066b", "\u066c")]
    public async Task Decimals_sort_by_their_value_in_every_culture_and_what_is_none_comes_first(string point, string group)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (point, group);
        CultureInfo.CurrentCulture = culture;
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        SqliteDecimals.Register(connection);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "WITH v(x) AS (VALUES ('10.5'), ('9.75'), (''), ('-3'), ('1000'), ('x'), ('1.5E2')) SELECT x FROM v ORDER BY x COLLATE EF_DECIMAL";
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var sorted = new List<string>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
        {
            sorted.Add(rows.GetString(0));
        }

        Assert.Equal(["", "x", "-3", "9.75", "10.5", "1.5E2", "1000"], sorted);
    }
}
