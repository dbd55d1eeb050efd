using Carafe.FastSqlite.Connections;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>A query whose rows are taken one by one holds a connection of the pool until it ends, however it does.</summary>
public class StreamedQueryTests
{
    private const string Memory = "sqlite:///:memory:";

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(Memory)]
    public async Task An_abandoned_query_gives_its_connection_back(string database)
    {
        await using var server = await StartAsync(database);
        await server.SeedAsync(async db =>
        {
            await foreach (var shelf in db.Shelves.AsAsyncEnumerable())
            {
                Assert.Equal(IsFast, HasBorrowed(db));
                break;
            }

            await AssertWorksAsync(server, db);
        });
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(Memory)]
    public async Task A_cancelled_query_gives_its_connection_back(string database)
    {
        await using var server = await StartAsync(database);
        await server.SeedAsync(async db =>
        {
            using var stop = new CancellationTokenSource();
            var rows = 0;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var shelf in db.Shelves.AsAsyncEnumerable().WithCancellation(stop.Token))
                {
                    rows++;
                    await stop.CancelAsync();
                }
            });
            Assert.Equal(1, rows);
            await AssertWorksAsync(server, db);
        });
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(Memory)]
    public async Task An_enumerator_may_be_disposed_twice(string database)
    {
        await using var server = await StartAsync(database);
        await server.SeedAsync(async db =>
        {
            var shelves = db.Shelves.AsAsyncEnumerable().GetAsyncEnumerator();
            Assert.True(await shelves.MoveNextAsync());
            await shelves.DisposeAsync();
            await using (var others = db.Shelves.AsAsyncEnumerable().GetAsyncEnumerator())
            {
                Assert.True(await others.MoveNextAsync());
                await shelves.DisposeAsync();
                Assert.True(await others.MoveNextAsync());
            }

            await AssertWorksAsync(server, db);
        });
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite, true)]
    [InlineData(TestDatabase.Sqlite, false)]
    [InlineData(Memory, true)]
    [InlineData(Memory, false)]
    public async Task A_transaction_in_the_middle_of_a_query_is_seen_by_what_follows(string database, bool asynchronous)
    {
        await using var server = await StartAsync(database);
        await server.SeedAsync(async db =>
        {
            List<string> seen = [];
            var items = 0;
            if (asynchronous)
            {
                await foreach (var shelf in db.Shelves.AsNoTracking().OrderBy(shelf => shelf.Name).AsAsyncEnumerable())
                {
                    await WriteAsync(shelf);
                }
            }
            else
            {
                foreach (var shelf in db.Shelves.AsNoTracking().OrderBy(shelf => shelf.Name))
                {
                    await WriteAsync(shelf);
                }
            }

            Assert.Equal(["a", "b", "c"], seen);
            await AssertWorksAsync(server, db);

            async Task WriteAsync(Shelf shelf)
            {
                seen.Add(shelf.Name);
                db.Items.AddRange(new Item { Name = $"{shelf.Name} 1", ShelfId = shelf.Id }, new Item { Name = $"{shelf.Name} 2" });
                await db.SaveChangesAsync();
                Assert.Equal(items += 2, await db.Items.CountAsync());
                await db.Database.ExecuteSqlAsync(
                    $"INSERT INTO items (name, price, version, created_at, updated_at) VALUES ({shelf.Name}, '1', 1, '2026-01-01', '2026-01-01')");
                Assert.Equal(items += 1, await db.Items.CountAsync());
            }
        });
    }

    [Fact]
    public async Task A_row_that_has_a_list_is_whole_when_a_transaction_took_the_rest_of_the_rows()
    {
        await using var forest = await Forest.PlantAsync();
        await using var db = forest.Open();
        List<string> seen = [];
        await foreach (var tree in db.Trees.AsNoTracking().Include(tree => tree.Leaves.OrderBy(leaf => leaf.Id)).OrderBy(tree => tree.Id).AsAsyncEnumerable())
        {
            seen.Add($"{tree.Name}: {string.Join(", ", tree.Leaves.Select(leaf => $"{leaf.Id} {leaf.Size} {leaf.Key.ToString()[..8]}"))}");
            await using var transaction = await db.Database.BeginTransactionAsync();
            await transaction.CommitAsync();
        }

        Assert.Equal(["oak: 1 1.1 00000001, 2 2.2 00000002, 3 3.3 00000003", "elm: ", "fir: 4 4.4 00000004"], seen);
    }

    private static async Task<TestApp> StartAsync(string database)
    {
        var server = await Shop.StartAsync(database);
        await server.SeedAsync(db => Task.Run(() => db.Shelves.AddRange(new Shelf { Name = "a" }, new Shelf { Name = "b" }, new Shelf { Name = "c" })));
        return server;
    }

    // In memory, a reader left open would keep the transaction from being committed.
    private static async Task AssertWorksAsync(TestApp server, ShopDb db)
    {
        Assert.False(HasBorrowed(db));
        Assert.Equal(3, await db.Shelves.CountAsync());
        await server.SeedAsync(other => Task.Run(() => other.Shelves.AddRange(new Shelf { Name = "d" }, new Shelf { Name = "e" })));
        Assert.Equal(1, await db.Database.ExecuteSqlAsync($"DELETE FROM shelves WHERE name = 'd'"));
        Assert.Equal(4, await db.Shelves.CountAsync());
    }

    private static bool IsFast => Environment.GetEnvironmentVariable("SQLITE_FAST") != "false";

    private static bool HasBorrowed(ShopDb db) => db.Database.GetDbConnection() is RoutingSqliteConnection { HasOpenReads: true };
}
