using System.Data.Common;
using Carafe.FastSqlite.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Tests.Data;

/// <summary>A query that runs on a connection of the pool answers like one that has its own.</summary>
public class RoutedQueryTests
{
    [Fact]
    public async Task A_query_answers_the_same_on_the_pool_and_on_a_connection_of_its_own()
    {
        await using var forest = await Forest.PlantAsync();
        await using var direct = forest.Open();
        await using var byEf = forest.Open(new CaseSensitive());
        Assert.Equal(await AnswersAsync(byEf), await AnswersAsync(direct));
    }

    [Fact]
    public async Task An_interceptor_of_commands_sees_every_query()
    {
        await using var forest = await Forest.PlantAsync();
        var interceptor = new Interceptor();
        await using var db = forest.Open(interceptor);
        await db.Trees.ToListAsync();
        await db.Trees.CountAsync();
        await db.Trees.SingleAsync(tree => tree.Id == 1);
        Assert.Equal(3, interceptor.Commands.Count);
    }

    [Fact]
    public async Task With_the_log_of_commands_on_a_query_is_logged()
    {
        await using var forest = await Forest.PlantAsync();
        var lines = new List<string>();
        await using var db = forest.Open(options => options.LogTo(lines.Add, [RelationalEventId.CommandExecuted]));
        await db.Trees.ToListAsync();
        Assert.Contains("FROM \"Trees\"", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_interceptor_sets_up_on_the_connection_counts_for_its_queries()
    {
        await using var forest = await Forest.PlantAsync();
        await using var db = forest.Open(new CaseSensitive());
        Assert.Equal(0, await db.Trees.CountAsync(tree => EF.Functions.Like(tree.Name, "OAK")));
        await using var other = forest.Open();
        Assert.Equal(1, await other.Trees.CountAsync(tree => EF.Functions.Like(tree.Name, "OAK")));
    }

    [Fact]
    public async Task Text_in_a_column_of_numbers_and_null_in_one_that_has_none_fail_as_they_do_on_a_connection_of_its_own()
    {
        await using var forest = await Forest.PlantAsync();
        await using var direct = forest.Open();
        await using var byEf = forest.Open(new CaseSensitive());
        await direct.Database.ExecuteSqlAsync(
            $"INSERT INTO Leaves (Id, TreeId, Size, Kind, Key) VALUES (90, 1, 'wide', 1, 'none'), (91, 1, '1', 5000000000, 'none')");
        foreach (var id in (int[])[90, 91])
        {
            var expected = await Record.ExceptionAsync(() => byEf.Leaves.SingleAsync(leaf => leaf.Id == id));
            Assert.NotNull(expected);
            Assert.Equal(expected.GetType(), (await Record.ExceptionAsync(() => direct.Leaves.SingleAsync(leaf => leaf.Id == id)))?.GetType());
        }

        Assert.False(((RoutingSqliteConnection)direct.Database.GetDbConnection()).HasOpenReads);
        Assert.Equal(3, await direct.Trees.CountAsync());
    }

    [Fact]
    public async Task A_query_in_a_transaction_sees_its_rows_and_after_it_those_of_others()
    {
        await using var shop = await WriteQueue.StartAsync();
        var db = shop.Open();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            db.Shelves.Add(new Shelf { Name = "mine" });
            await db.SaveChangesAsync();
            Assert.Equal(["mine"], await db.Shelves.Select(shelf => shelf.Name).ToListAsync());
            Assert.Empty(await shop.Open().Shelves.ToListAsync());
            await transaction.RollbackAsync();
        }

        await shop.Execute($"INSERT INTO shelves (name) VALUES ('yours')");
        Assert.Equal(["yours"], await db.Shelves.Select(shelf => shelf.Name).ToListAsync());
    }

    [Fact]
    public async Task A_query_finds_the_function_of_its_connection_and_the_row_that_it_inserted_last()
    {
        await using var shop = await WriteQueue.StartAsync();
        var db = shop.Open();
        ((SqliteConnection)db.Database.GetDbConnection()).CreateFunction("twice", (long number) => number * 2);
        Assert.Equal(42, await db.Database.SqlQuery<long>($"SELECT twice(21) AS Value").SingleAsync());
        await shop.Execute($"INSERT INTO shelves (id, name) VALUES (6, 'other')");
        await db.Database.OpenConnectionAsync();
        db.Database.ExecuteSql($"INSERT INTO shelves (id, name) VALUES (7, 'seven')");
        Assert.Equal(7, await db.Database.SqlQuery<long>($"SELECT last_insert_rowid() AS Value").SingleAsync());
        Assert.Equal(7, await db.Database.SqlQuery<long>($"SELECT last_insert_rowid() AS Value").Where(id => id > 0).SingleAsync());
    }

    private static async Task<List<string>> AnswersAsync(ForestDb db)
    {
        List<string> answers = [];
        foreach (var tree in await db.Trees.Include(tree => tree.Leaves.OrderBy(leaf => leaf.Id)).OrderByDescending(tree => tree.Id).ToListAsync())
        {
            answers.Add($"{tree.Id} {tree.Name}: {string.Join(", ", tree.Leaves.Select(Text))}");
        }

        answers.Add($"{db.ChangeTracker.Entries().Count()}");
        db.ChangeTracker.Clear();
        var tracked = await db.Leaves.Include(leaf => leaf.Tree).Where(leaf => leaf.TreeId == 1).ToListAsync();
        answers.Add($"{tracked.Select(leaf => leaf.Tree).Distinct().Count()} {db.ChangeTracker.Entries().Count()}");
        var loose = await db.Leaves.AsNoTrackingWithIdentityResolution().Include(leaf => leaf.Tree).Where(leaf => leaf.TreeId == 1).ToListAsync();
        answers.Add($"{loose.Select(leaf => leaf.Tree).Distinct().Count()}");
        answers.AddRange(
            (await db.Leaves.OrderBy(leaf => leaf.Id)
                .Select(leaf => new { leaf.Id, leaf.Size, leaf.Kind, leaf.Key, leaf.Fell, leaf.Note, Upper = Shout(leaf.Note) }).ToListAsync())
                .Select(row => $"{row}"));
        answers.AddRange(
            (await db.Trees.OrderBy(tree => tree.Id)
                .Select(tree => new { tree.Name, Sizes = tree.Leaves.OrderBy(leaf => leaf.Id).Select(leaf => leaf.Size).ToList() }).ToListAsync())
            .Select(row => $"{row.Name} {string.Join(' ', row.Sizes)}"));
        foreach (var tree in await db.Trees.AsSplitQuery().Include(tree => tree.Leaves).OrderBy(tree => tree.Id).ToListAsync())
        {
            answers.Add($"{tree.Name} {tree.Leaves.Count}");
        }

        answers.AddRange(await db.Trees.FromSql($"SELECT * FROM Trees WHERE Id > {1}").OrderBy(tree => tree.Id).Select(tree => tree.Name).ToListAsync());
        int?[] wanted = [1, null];
        answers.Add($"{await db.Leaves.CountAsync(leaf => wanted.Contains(leaf.Fell))}");
        var sizes = await db.Leaves.GroupBy(leaf => leaf.TreeId).Select(leaves => leaves.Count()).ToListAsync();
        answers.Add(string.Join(' ', sizes.Order()));
        return answers;
    }

    private static string? Shout(string? text) => text?.ToUpperInvariant();

    private static string Text(Leaf leaf) => $"{leaf.Id} {leaf.Size} {leaf.Kind} {leaf.Key} {leaf.Fell} {leaf.Note}";

    private sealed class Interceptor : DbCommandInterceptor
    {
        public List<string> Commands { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Commands.Add(command.CommandText);
            return new(result);
        }
    }

    private sealed class CaseSensitive : DbConnectionInterceptor
    {
        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA case_sensitive_like = 1";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
