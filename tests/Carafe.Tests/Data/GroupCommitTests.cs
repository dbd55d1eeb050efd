using Carafe.Data.Providers;
using Carafe.FastSqlite.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using static SQLitePCL.raw;

namespace Carafe.Tests.Data;

[Trait("Needs", "FastSqlite")]
public class GroupCommitTests
{
    [Fact]
    public async Task Writes_that_wait_together_are_committed_together()
    {
        await using var shop = await WriteQueue.StartAsync();
        await shop.HoldAsync();
        var before = shop.Commits();
        var writes = Enumerable.Range(0, 50).Select(number => shop.Add($"{number}")).ToArray();
        Assert.DoesNotContain(writes, write => write.IsCompleted);
        await shop.ReleaseAsync();
        Assert.All(await Task.WhenAll(writes), saved => Assert.Equal(1, saved));
        Assert.Equal(before + 1, shop.Commits());
        Assert.Equal(50, (await shop.NamesAsync()).Length);
    }

    [Fact]
    public async Task A_violation_among_them_is_its_own_and_the_same_as_alone()
    {
        await using var shop = await WriteQueue.StartAsync();
        await shop.Add("taken");
        var alone = await Assert.ThrowsAsync<DbUpdateException>(() => shop.Add("taken"));
        await shop.HoldAsync();
        var good = Enumerable.Range(0, 10).Select(number => shop.Add($"{number}")).ToArray();
        var bad = new[] { shop.Add("taken"), shop.Add("0") };
        var later = shop.Add("later");
        await shop.ReleaseAsync();
        foreach (var write in bad)
        {
            var fault = Assert.IsType<SqliteException>((await Assert.ThrowsAsync<DbUpdateException>(() => write)).InnerException);
            Assert.Equal(SQLITE_CONSTRAINT_UNIQUE, fault.SqliteExtendedErrorCode);
            Assert.Equal(alone.InnerException!.Message, fault.Message);
        }

        await Task.WhenAll([.. good, later]);
        var names = await shop.NamesAsync();
        Assert.Equal([.. Enumerable.Range(0, 10).Select(number => $"{number}"), "later", "taken"], names);
    }

    [Fact]
    public async Task What_cannot_be_committed_fails_alone_and_others_do_not_make_it_good()
    {
        await using var shop = await WriteQueue.StartAsync();
        await shop.Execute($"CREATE TABLE labels (shelf_id INTEGER REFERENCES shelves (id) DEFERRABLE INITIALLY DEFERRED)");
        await shop.HoldAsync();
        var first = shop.Add("first");
        var poison = shop.Execute($"INSERT INTO labels VALUES (7)");
        var shelf = shop.Execute($"INSERT INTO shelves (id, name) VALUES (7, 'late')");
        var label = shop.Execute($"INSERT INTO labels VALUES (7)");
        await shop.ReleaseAsync();
        var fault = await Assert.ThrowsAsync<SqliteException>(() => poison);
        Assert.Equal(SQLITE_CONSTRAINT_FOREIGNKEY, fault.SqliteExtendedErrorCode);
        Assert.All(await Task.WhenAll(first, shelf, label), written => Assert.Equal(1, written));
        Assert.Equal(["first"], await shop.NamesAsync());
        Assert.Equal(1, await shop.Open().Database.SqlQuery<int>($"SELECT count(*) AS Value FROM labels").SingleAsync());
    }

    [Fact]
    public async Task One_that_ends_the_transaction_takes_nobody_with_it()
    {
        await using var shop = await WriteQueue.StartAsync();
        await shop.Execute($"INSERT INTO shelves (id, name) VALUES (1, 'one')");
        await shop.HoldAsync();
        var first = shop.Add("first");
        var poison = shop.Execute($"INSERT OR ROLLBACK INTO shelves (id, name) VALUES (1, 'two')");
        var last = shop.Add("last");
        await shop.ReleaseAsync();
        Assert.Equal(SQLITE_CONSTRAINT_PRIMARYKEY, (await Assert.ThrowsAsync<SqliteException>(() => poison)).SqliteExtendedErrorCode);
        await Task.WhenAll(first, last);
        Assert.Equal(["first", "last"], await shop.NamesAsync());
    }

    [Fact]
    public async Task A_write_that_waits_can_be_cancelled()
    {
        await using var shop = await WriteQueue.StartAsync();
        await shop.HoldAsync();
        using var stop = new CancellationTokenSource();
        var cancelled = shop.Open().Database.ExecuteSqlAsync($"INSERT INTO shelves (name) VALUES ('cancelled')", stop.Token);
        var other = shop.Add("other");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await shop.ReleaseAsync();
        await other;
        Assert.Equal(["other"], await shop.NamesAsync());
        Assert.Equal(0, await shop.Open().Shelves.CountAsync());
    }

    [Fact]
    public async Task A_write_does_not_wait_for_ever()
    {
        await using var fast = new FastSqliteOptions();
        await using var connection = new RoutingSqliteConnection(fast, $"Data Source=file:/{Guid.NewGuid()}?vfs=memdb;Default Timeout=1");
        connection.Open();
        connection.Shared!.Lock.Enter();
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM items";
        Assert.Equal(SQLITE_BUSY, (await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteNonQueryAsync())).SqliteErrorCode);
    }

    [Fact]
    public async Task Those_who_wait_when_the_database_is_disposed_have_their_turn()
    {
        await using var shop = await WriteQueue.StartAsync();
        await shop.HoldAsync();
        var writes = Enumerable.Range(0, 5).Select(number => shop.Add($"{number}")).ToArray();
        var end = shop.Services.GetRequiredService<DatabaseHandle<ShopDb>>().DisposeAsync().AsTask();
        Assert.False(end.IsCompleted);
        await shop.ReleaseAsync();
        await end;
        Assert.All(await Task.WhenAll(writes), saved => Assert.Equal(1, saved));
    }

    [Fact]
    public async Task Transactions_and_other_writes_take_turns()
    {
        await using var shop = await WriteQueue.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async worker =>
        {
            for (var number = 0; number < 10; number++)
            {
                if (worker % 2 == 0)
                {
                    await shop.Add($"{worker}/{number}");
                    continue;
                }

                var db = shop.Open();
                await using var transaction = await db.Database.BeginTransactionAsync();
                db.Items.Add(new Item { Name = $"{worker}/{number}" });
                await db.SaveChangesAsync();
                await (number % 2 == 0 ? transaction.CommitAsync() : transaction.RollbackAsync());
            }
        }));
        Assert.Equal((8 * 10) + (8 * 5), (await shop.NamesAsync()).Length);
    }
}
