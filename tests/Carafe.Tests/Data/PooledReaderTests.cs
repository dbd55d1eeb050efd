using System.Data.Common;
using System.Text;
using Carafe.FastSqlite.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>What is read from the pool is what the driver would have read.</summary>
public class PooledReaderTests
{
    [Theory]
    [MemberData(nameof(ReturnedValueTests.Values), MemberType = typeof(ReturnedValueTests))]
    public void Every_getter_answers_like_the_driver(object value)
    {
        using var connection = Open();
        using var command = Select(connection, value);
        List<string> expected;
        using (var driver = command.ExecuteReader())
        {
            expected = ReturnedValueTests.Read(driver);
        }

        using var fast = new FastSqliteOptions();
        using var routing = new RoutingSqliteConnection(fast, $"Data Source=file:/{Guid.NewGuid()}?vfs=memdb");
        routing.Open();
        using DbCommand routed = Select(routing, value);
        using var ours = routed.ExecuteReader();
        Assert.IsType<PooledDataReader>(ours);
        Assert.Equal(expected, ReturnedValueTests.Read(ours));
    }

    [Fact]
    public void Off_a_row_and_off_the_columns_every_getter_fails_like_the_driver()
    {
        using var connection = Open();
        using var command = Select(connection, 1L);
        using var fast = new FastSqliteOptions();
        using var routing = new RoutingSqliteConnection(fast, $"Data Source=file:/{Guid.NewGuid()}?vfs=memdb");
        routing.Open();
        using DbCommand routed = Select(routing, 1L);
        using var driver = command.ExecuteReader();
        using var ours = routed.ExecuteReader();
        Assert.IsType<PooledDataReader>(ours);
        Assert.Equal(Faults(driver), Faults(ours));
        Assert.True(driver.Read() && ours.Read());
        Assert.Equal(Faults(driver), Faults(ours));
        Assert.False(driver.Read() || ours.Read());
        Assert.Equal(Faults(driver), Faults(ours));
        driver.Close();
        ours.Close();
        Assert.Equal(Faults(driver), Faults(ours));
    }

    [Theory]
    [InlineData("2026-05-28 12:30:00", true)]
    [InlineData("2024-02-29 23:59:59", true)]
    [InlineData("2000-02-29 00:00:00", true)]
    [InlineData("9999-12-31 23:59:59.9999999", true)]
    [InlineData("0001-01-01 00:00:00", true)]
    [InlineData("2026-05-28 12:30:00.1", true)]
    [InlineData("2026-05-28 12:30:00.12", true)]
    [InlineData("2026-05-28 12:30:00.123", true)]
    [InlineData("2026-05-28 12:30:00.1234", true)]
    [InlineData("2026-05-28 12:30:00.12345", true)]
    [InlineData("2026-05-28 12:30:00.123456", true)]
    [InlineData("2026-05-28 12:30:00.1234567", true)]
    [InlineData("2026-05-28 12:30:00.0000001", true)]
    [InlineData("2026-05-28 12:30:00.12345678", false)]
    [InlineData("2026-05-28 12:30:00.", false)]
    [InlineData("2026-05-28 12:30:00,5", false)]
    [InlineData("2023-02-29 00:00:00", false)]
    [InlineData("1900-02-29 00:00:00", false)]
    [InlineData("2026-05-28 24:00:00", false)]
    [InlineData("2026-05-28 12:60:00", false)]
    [InlineData("2026-05-28 12:30:60", false)]
    [InlineData("2026-13-01 00:00:00", false)]
    [InlineData("2026-00-01 00:00:00", false)]
    [InlineData("2026-01-00 00:00:00", false)]
    [InlineData("0000-01-01 00:00:00", false)]
    [InlineData("2026-05-28T12:30:00", false)]
    [InlineData("2026-05-28t12:30:00", false)]
    [InlineData("2026-05-28 12:30:00Z", false)]
    [InlineData("2026-05-28 12:30:00z", false)]
    [InlineData("2026-05-28 12:30:00+02:00", false)]
    [InlineData("2026-05-28 12:30:00-02:00", false)]
    [InlineData("2026-05-28 12:30:00.5-02", false)]
    [InlineData("-026-05-28 12:30:00", false)]
    [InlineData("2026-05-28 +2:30:00", false)]
    [InlineData("2026-05-28 12:30: 0", false)]
    [InlineData("2026-05-28 12:30", false)]
    [InlineData("2026-05-28", false)]
    [InlineData("\u0662\u0660\u0662\u0666-05-28 12:30:00", false)]
    [InlineData("2026-05-28 12:30:0\u0663", false)]
    [InlineData("", false)]
    public void A_time_is_the_one_that_the_driver_reads_or_left_to_it(string text, bool plain)
    {
        Assert.Equal(plain, StoredTime.TryRead(Encoding.UTF8.GetBytes(text), out var time));
        if (plain)
        {
            using var connection = Open();
            using var command = Select(connection, text);
            using var driver = command.ExecuteReader();
            Assert.True(driver.Read());
            Assert.Equal(driver.GetDateTime(0), time);
            Assert.Equal(driver.GetDateTime(0).Kind, time.Kind);
        }
    }

    [Fact]
    public void A_time_in_a_database_of_another_encoding_is_the_same()
    {
        using var fast = new FastSqliteOptions { ConnectionSetup = "PRAGMA encoding='UTF-16'" };
        using var routing = new RoutingSqliteConnection(fast, $"Data Source=file:/{Guid.NewGuid()}?vfs=memdb");
        routing.Open();
        using DbCommand routed = Select(routing, "2026-05-28 12:30:00");
        using var ours = routed.ExecuteReader();
        Assert.True(ours.Read());
        Assert.Equal(new DateTime(2026, 5, 28, 12, 30, 0), ours.GetDateTime(0));
        Assert.Equal("2026-05-28 12:30:00", ours.GetString(0));
    }

    private static List<string?> Faults(DbDataReader reader)
    {
        Func<int, object>[] getters =
        [
            column => reader.IsDBNull(column), column => reader.GetBoolean(column), column => reader.GetInt32(column), column => reader.GetInt64(column),
            column => reader.GetDouble(column), reader.GetString, column => reader.GetDateTime(column), reader.GetValue,
        ];
        return [.. getters.SelectMany(get => (int[])[0, 1, -1], (get, column) => Record.Exception(() => get(column))?.GetType().Name)];
    }

    private static SqliteConnection Open()
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return connection;
    }

    private static SqliteCommand Select(SqliteConnection connection, object value)
    {
        var command = connection.CreateCommand();
        command.CommandText = "SELECT $value AS x";
        command.Parameters.AddWithValue("$value", value);
        return command;
    }
}
