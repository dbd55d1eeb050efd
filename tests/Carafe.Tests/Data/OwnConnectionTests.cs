using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>What a write shares with its own connection, though writes that wait are committed on another.</summary>
[Trait("Needs", "FastSqlite")]
public class OwnConnectionTests
{
    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData("sqlite:///:memory:")]
    public async Task A_write_under_an_open_reader_is_seen_by_its_own_context(string database)
    {
        await using var server = await Shop.StartAsync(database);
        await server.SeedAsync(db => Task.Run(() => db.Shelves.AddRange(new Shelf { Name = "a" }, new Shelf { Name = "b" })));
        await server.SeedAsync(async db =>
        {
            var seen = 0;
            await foreach (var shelf in db.Shelves.AsNoTracking().AsAsyncEnumerable())
            {
                await db.Database.ExecuteSqlAsync($"INSERT INTO shelves (name) SELECT 'more' WHERE (SELECT count(*) FROM shelves) < 4");
                seen = await db.Shelves.CountAsync();
            }

            Assert.Equal(4, seen);
        });
    }

    [Fact]
    public async Task A_transaction_that_a_statement_began_holds_the_writes_of_its_connection()
    {
        await using var shop = await WriteQueue.StartAsync();
        var db = shop.Open();
        await db.Database.OpenConnectionAsync();
        await db.Database.ExecuteSqlAsync($"BEGIN IMMEDIATE");
        db.Items.Add(new Item { Name = "lost" });
        await db.SaveChangesAsync();
        await db.Database.ExecuteSqlAsync($"ROLLBACK");
        Assert.Empty(await shop.NamesAsync());
    }

    [Fact]
    public async Task Temporary_tables_attached_databases_pragmas_and_functions_are_those_of_the_connection()
    {
        await using var shop = await WriteQueue.StartAsync();
        var db = shop.Open();
        ((SqliteConnection)db.Database.GetDbConnection()).CreateFunction("twice", (long number) => number * 2);
        await db.Database.OpenConnectionAsync();
        Assert.Equal(1, await db.Database.ExecuteSqlAsync($"INSERT INTO shelves (id, name) VALUES (twice(2), 'four')"));
        await db.Database.ExecuteSqlAsync($"ATTACH ':memory:' AS other");
        await db.Database.ExecuteSqlAsync($"CREATE TABLE other.notes (text)");
        Assert.Equal(1, await db.Database.ExecuteSqlAsync($"INSERT INTO notes VALUES ('there')"));
        Assert.Equal(4, (await db.Shelves.SingleAsync()).Id);

        var free = shop.Open();
        await free.Database.OpenConnectionAsync();
        await free.Database.ExecuteSqlAsync($"PRAGMA foreign_keys = 0");
        Assert.Equal(1, await free.Database.ExecuteSqlAsync($"UPDATE shelves SET id = 5"));
        free.Items.Add(new Item { Name = "nowhere", ShelfId = 9 });
        await free.SaveChangesAsync();

        var temporary = shop.Open();
        await temporary.Database.OpenConnectionAsync();
        await temporary.Database.ExecuteSqlAsync($"CREATE TEMP TABLE shelves (id INTEGER PRIMARY KEY, name)");
        Assert.Equal(1, await temporary.Database.ExecuteSqlAsync($"INSERT INTO shelves VALUES (1, 'mine')"));
        Assert.Equal("mine", (await temporary.Shelves.SingleAsync()).Name);
        Assert.Equal("four", (await shop.Open().Shelves.SingleAsync()).Name);
    }

    [Fact]
    public async Task Statements_of_one_command_have_a_commit_and_a_result_each()
    {
        await using var shop = await WriteQueue.StartAsync();
        await Assert.ThrowsAsync<SqliteException>(
            () => shop.Execute($"INSERT INTO shelves (id, name) VALUES (1, 'a'); INSERT INTO shelves (id, name) VALUES (1, 'b');"));
        await using var command = shop.Open().Database.GetDbConnection().CreateCommand();
        await command.Connection!.OpenAsync();
        command.CommandText = "UPDATE shelves SET id = 2 RETURNING name; UPDATE shelves SET id = 3 RETURNING id;";
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync() && reader.GetString(0) == "a");
        Assert.True(await reader.NextResultAsync() && await reader.ReadAsync() && reader.GetInt32(0) == 3);
    }

    [Theory]
    [InlineData("WITH name AS (SELECT 'x' AS it) INSERT INTO shelves (name) SELECT it FROM name")]
    [InlineData("-- why\n\nINSERT INTO shelves (name) VALUES ('x')")]
    [InlineData("/* why */ insert into shelves (name) values ('x');\n")]
    [InlineData("INSERT INTO shelves (name) VALUES ('x'); DELETE FROM items;")]
    public async Task Every_write_waits_its_turn(string sql)
    {
        await using var shop = await WriteQueue.StartAsync();
        await shop.HoldAsync();
        var write = shop.Open().Database.ExecuteSqlRawAsync(sql);
        Assert.False(write.IsCompleted);
        await shop.ReleaseAsync();
        Assert.Equal(1, await write);
        Assert.Equal(1, await shop.Open().Shelves.CountAsync());
    }

    [Fact]
    public async Task A_write_that_failed_before_its_table_was_there_waits_its_turn_when_it_is()
    {
        const string Sql = "WITH name AS (SELECT 'x' AS it) INSERT INTO later (name) SELECT it FROM name";
        await using var shop = await WriteQueue.StartAsync();
        await Assert.ThrowsAsync<SqliteException>(() => shop.Open().Database.ExecuteSqlRawAsync(Sql));
        await shop.Execute($"CREATE TABLE later (name TEXT)");
        await shop.HoldAsync();
        var write = shop.Open().Database.ExecuteSqlRawAsync(Sql);
        Assert.False(write.IsCompleted);
        await shop.ReleaseAsync();
        Assert.Equal(1, await write);
    }

    [Fact]
    public async Task Reads_wait_for_nobody()
    {
        await using var shop = await WriteQueue.StartAsync();
        await shop.HoldAsync();
        await using var command = shop.Open().Database.GetDbConnection().CreateCommand();
        await command.Connection!.OpenAsync();
        command.CommandText = "WITH it AS (SELECT replace('insert', 'in', 'as') AS word) SELECT word FROM it";
        Assert.Equal("assert", await command.ExecuteScalarAsync());
    }
}
