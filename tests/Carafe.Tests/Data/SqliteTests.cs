using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

public class SqliteTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writers_and_readers_wait_their_turn_and_nothing_is_lost()
    {
        await using var server = await Shop.StartAsync(TestDatabase.Sqlite);
        var writers = Enumerable.Range(0, 64).Select(async writer =>
        {
            for (var number = 0; number < 20; number++)
            {
                Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Post, "/items", new { name = $"{writer}/{number}" })).StatusCode);
            }
        });
        var readers = Enumerable.Range(0, 64).Select(async _ =>
        {
            for (var number = 0; number < 20; number++)
            {
                Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Get, "/items")).StatusCode);
            }
        });
        await Task.WhenAll(writers.Concat(readers));
        await server.SeedAsync(async db => Assert.Equal(64 * 20, await db.Items.CountAsync(Stop)));
    }

    [Fact]
    public async Task A_failed_write_and_an_abandoned_transaction_leave_the_gate_open()
    {
        await using var server = await Shop.StartAsync(TestDatabase.Sqlite);
        await server.SeedAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Stop);
            db.Items.Add(new Item { Name = "lost" });
            await db.SaveChangesAsync(Stop);
        });
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen" })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Post, "/items", new { name = "ink" })).StatusCode);
        await server.SeedAsync(async db => Assert.Equal(["ink", "pen"], await db.Items.Select(item => item.Name).Order().ToListAsync(Stop)));
    }

    [Fact]
    public async Task Connections_are_durable_check_foreign_keys_and_use_WAL()
    {
        await using var server = await Shop.StartAsync(TestDatabase.Sqlite);
        await server.SeedAsync(async db =>
        {
            Assert.Equal("wal", await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync(Stop));
            Assert.Equal(2, await db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync(Stop));
            Assert.Equal(1, await db.Database.SqlQueryRaw<int>("SELECT foreign_keys AS Value FROM pragma_foreign_keys").SingleAsync(Stop));
            Assert.True(await db.Database.SqlQueryRaw<int>("SELECT timeout AS Value FROM pragma_busy_timeout").SingleAsync(Stop) >= 5000);
        });
    }

    [Fact]
    public async Task An_app_that_has_stopped_leaves_one_file_with_everything_in_it()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await using (var server = await Shop.StartAsync(database.Url))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(number => server.SendAsync(HttpMethod.Post, "/items", new { name = $"{number}" }).Expect(201)));
        }

        var file = database.Url["sqlite:///".Length..];
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_read_on_and_readyz_says_so()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await using (var server = await Shop.StartAsync(database.Url))
        {
            Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen" })).StatusCode);
        }

        // Root may write any file. What the file's header says holds for root as well: a version of its format, here of a future one, that is read and
        // not written.
        await using (var file = File.OpenWrite(database.Url["sqlite:///".Length..]))
        {
            file.Position = 18;
            file.WriteByte(3);
        }

        await using var frozen = await Shop.StartAsync(database.Url, map: app => app.MapHealth());
        for (var turn = 0; turn < 2; turn++)
        {
            Assert.Equal(HttpStatusCode.OK, (await frozen.SendAsync(HttpMethod.Get, "/items/1")).StatusCode);
            await frozen.SendAsync(HttpMethod.Post, "/items", new { name = $"ink{turn}" }).ExpectError(503);
            Assert.Equal("Not ready: database.", (await frozen.SendAsync(HttpMethod.Get, "/readyz").ExpectError(503)).Message);
            Assert.Equal(HttpStatusCode.OK, (await frozen.SendAsync(HttpMethod.Get, "/healthz")).StatusCode);
        }
    }

    [Fact]
    public async Task A_file_that_can_be_written_again_is_without_a_restart()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Sqlite);
        await using (await Shop.StartAsync(database.Url))
        {
        }

        SetFormat(3);
        await using var server = await Shop.StartAsync(database.Url);
        await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen" }).ExpectError(503);
        SetFormat(2);
        await server.SendAsync(HttpMethod.Post, "/items", new { name = "pen" }).Expect(201);

        // See the test above: root may write any file.
        void SetFormat(byte version)
        {
            using var file = File.OpenWrite(database.Url["sqlite:///".Length..]);
            file.Position = 18;
            file.WriteByte(version);
        }
    }

    [Fact]
    public async Task Two_apps_in_memory_share_nothing()
    {
        await using var one = await Shop.StartAsync("sqlite:///:memory:");
        await using var two = await Shop.StartAsync("sqlite:///:memory:");
        Assert.Equal(HttpStatusCode.Created, (await one.SendAsync(HttpMethod.Post, "/items", new { name = "pen" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await one.SendAsync(HttpMethod.Get, "/items/1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await two.SendAsync(HttpMethod.Get, "/items/1")).StatusCode);
    }

    [Theory]
    [InlineData("sqlite:///:memory:")]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Times_and_decimals_order_and_compare_in_the_database(string database)
    {
        await using var server = await Shop.StartAsync(database);
        var noon = new DateTimeOffset(2026, 5, 28, 12, 0, 0, TimeSpan.Zero);
        await server.SeedAsync(db => Task.Run(() => db.Items.AddRange(
            new Item { Name = "b", Price = 10.00m, SoldAt = noon.ToOffset(TimeSpan.FromHours(14)) },
            new Item { Name = "a", Price = 9.50m, SoldAt = noon.AddMicroseconds(-1) },
            new Item { Name = "c", Price = 100.25m, SoldAt = noon.AddMilliseconds(500) })));
        await server.SeedAsync(async db =>
        {
            Assert.Equal(["a", "b", "c"], await db.Items.OrderBy(item => item.SoldAt).Select(item => item.Name).ToListAsync(Stop));
            Assert.Equal(["a", "b", "c"], await db.Items.OrderBy(item => item.Price).Select(item => item.Name).ToListAsync(Stop));
            Assert.Equal(["b", "c"], await db.Items.Where(item => item.SoldAt >= noon).OrderBy(item => item.Id).Select(item => item.Name).ToListAsync(Stop));
            Assert.Equal(119.75m, await db.Items.SumAsync(item => item.Price, Stop));
            Assert.Equal(TimeSpan.Zero, (await db.Items.OrderBy(item => item.Id).FirstAsync(Stop)).SoldAt!.Value.Offset);
        });
    }
}
