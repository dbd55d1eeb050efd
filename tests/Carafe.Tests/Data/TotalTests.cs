using System.Text.Json;
using Carafe.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>A total is counted again only when something was written; it is never out of date.</summary>
public class TotalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    [InlineData("sqlite:///:memory:")]
    public async Task A_total_follows_every_write_of_the_app(string database)
    {
        await using var server = await Shop.StartAsync(database);
        Assert.Equal(0, await TotalAsync(server));
        for (var number = 1; number <= 3; number++)
        {
            await server.SendAsync(HttpMethod.Post, "/items", new { name = $"item {number}" });
            Assert.Equal(number, await TotalAsync(server));
            Assert.Equal(number, await TotalAsync(server));
        }

        await server.SendAsync(HttpMethod.Delete, "/items/1");
        Assert.Equal(2, await TotalAsync(server));
    }

    [Fact]
    public async Task A_total_follows_what_another_process_writes()
    {
        await using var server = await Shop.StartAsync(TestDatabase.Sqlite);
        await server.SendAsync(HttpMethod.Post, "/items", new { name = "item" });
        Assert.Equal(1, await TotalAsync(server));
        await using (var scope = server.Services.CreateAsyncScope())
        {
            await using var stranger = new SqliteConnection(scope.ServiceProvider.GetRequiredService<ShopDb>().Database.GetConnectionString());
            await stranger.OpenAsync(Stop);
            await using var delete = stranger.CreateCommand();
            delete.CommandText = "DELETE FROM items";
            await delete.ExecuteNonQueryAsync(Stop);
        }

        Assert.Equal(0, await TotalAsync(server));
    }

    [Fact]
    public async Task A_total_counted_in_the_middle_of_a_read_is_not_kept()
    {
        await using var server = await Shop.StartAsync(TestDatabase.Sqlite);
        await server.SeedAsync(db => Task.Run(() => db.Shelves.AddRange(new Shelf { Name = "a" }, new Shelf { Name = "b" })));
        await server.SeedAsync(async db =>
        {
            await foreach (var shelf in db.Shelves.AsNoTracking().AsAsyncEnumerable())
            {
                await server.SendAsync(HttpMethod.Post, "/items", new { name = shelf.Name }).Expect(201);
                await db.Items.OrderByDescending(item => item.CreatedAt)
                    .ToPageAsync(new PageQuery(), item => new ItemResponse(item.Id, item.Name, item.Version, item.CreatedAt), Stop);
                Assert.Equal(shelf.Id, await TotalAsync(server));
            }
        });
    }

    [Fact]
    public async Task A_total_is_right_on_every_connection_of_the_pool()
    {
        await using var server = await Shop.StartAsync(TestDatabase.Sqlite);
        await server.SendAsync(HttpMethod.Post, "/items", new { name = "first" });
        await FillPoolAsync(4);
        var done = 1;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var number = 0; number < 10; number++)
            {
                await server.SendAsync(HttpMethod.Post, "/items", new { name = $"{writer}/{number}" }).Expect(201);
                var least = Interlocked.Increment(ref done);
                Assert.InRange(await TotalAsync(server), least, 41);
            }
        }));
        Assert.Equal(41, await TotalAsync(server));
        await using var scope = server.Services.CreateAsyncScope();
        await using var stranger = new SqliteConnection(scope.ServiceProvider.GetRequiredService<ShopDb>().Database.GetConnectionString());
        await stranger.OpenAsync(Stop);
        for (var left = 40; left > 37; left--)
        {
            await using var delete = stranger.CreateCommand();
            delete.CommandText = $"DELETE FROM items WHERE id = {left}";
            await delete.ExecuteNonQueryAsync(Stop);
            await FillPoolAsync(3);
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TotalAsync(server))), total => Assert.Equal(left, total));
        }

        // Each reads in the middle of the one before.
        async Task FillPoolAsync(int depth) => await server.SeedAsync(async db =>
        {
            await foreach (var item in db.Items.AsNoTracking().AsAsyncEnumerable())
            {
                await (depth == 0 ? Task.CompletedTask : FillPoolAsync(depth - 1));
                break;
            }
        });
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task What_a_transaction_takes_back_is_not_counted(string database)
    {
        await using var server = await Shop.StartAsync(database,
            map: app => app.MapGet("/regret", async (PageQuery page, ShopDb db, HttpContext context) =>
        {
            var before = (await TotalAsync(db, page)).Total;
            await using (var transaction = await db.Database.BeginTransactionAsync(Stop))
            {
                db.Items.Add(new Item { Name = "regretted" });
                await db.SaveChangesAsync(Stop);
                Assert.Equal(before + 1, (await TotalAsync(db, page)).Total);
                await transaction.RollbackAsync(Stop);
            }

            return new { before, after = (await TotalAsync(db, page)).Total };
        }));
        await server.SendAsync(HttpMethod.Post, "/items", new { name = "item" });
        for (var turn = 0; turn < 2; turn++)
        {
            var answer = await server.Client.GetFromJsonAsync<JsonElement>("/regret", Stop);
            Assert.Equal((1, 1), (answer.GetProperty("before").GetInt32(), answer.GetProperty("after").GetInt32()));
        }
    }

    [Fact]
    public async Task A_filter_of_the_model_that_knows_the_caller_counts_for_that_caller()
    {
        await using var app = await SmallApp.StartAsync(
            app => app.MapGet("/rooms", async (PageQuery page, HouseDb db, [FromHeader] int house) =>
            {
                db.House = house;
                return await db.Rooms.OrderBy(room => room.Id).ToPageAsync(page, room => new RoomResponse(room.Id));
            }),
            builder => builder.Services.AddDatabase<HouseDb>());
        await app.WithAsync<HouseDb>(async db =>
        {
            db.AddRange(Enumerable.Range(1, 6).Select(id => new Room { Id = id, House = id < 3 ? 1 : 2 }));
            await db.SaveChangesAsync(Stop);
        });
        foreach (var (house, rooms) in new[] { (1, 2), (2, 4), (1, 2), (3, 0) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/rooms") { Headers = { { "house", $"{house}" } } };
            var answer = await app.Client.SendAsync(request, Stop).Expect(200);
            Assert.Equal((rooms, rooms), (answer.GetProperty("total").GetInt32(), answer.GetProperty("items").GetArrayLength()));
        }
    }

    private static Task<Paged<ItemResponse>> TotalAsync(ShopDb db, PageQuery page) =>
        db.Items.OrderBy(item => item.Id).ToPageAsync(page, item => new ItemResponse(item.Id, item.Name, item.Version, item.CreatedAt), Stop);

    private static async Task<int> TotalAsync(TestApp server) =>
        (await server.Client.GetFromJsonAsync<JsonElement>("/items", Stop)).GetProperty("total").GetInt32();
}

internal sealed class HouseDb(DbContextOptions<HouseDb> options) : DbContext(options)
{
    public int House { get; set; }

    public DbSet<Room> Rooms => Set<Room>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Room>().HasQueryFilter(room => room.House == House);
}

internal sealed class Room
{
    public int Id { get; set; }

    public int House { get; set; }
}

public sealed record RoomResponse(int Id);
