using Carafe.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>A small app to test the data kit with.</summary>
internal static class Shop
{
    /// <param name="database">A kind of <see cref="TestDatabase"/>, which gives the app one of its own, or a URL. Default: the app's default.</param>
    /// <param name="configure">Sets settings and services.</param>
    /// <param name="map">Maps more endpoints.</param>
    public static async Task<TestApp> StartAsync(string? database = null, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null)
    {
        var own = database is TestDatabase.Sqlite or TestDatabase.Postgres;
        return await TestApp.StartAsync(
            (args, setUp) => Create(args, setUp, map),
            builder =>
            {
                builder.Configuration["DATABASE_URL"] = own ? builder.Configuration["DATABASE_URL"] : database;
                configure?.Invoke(builder);
            },
            own ? await TestDatabase.CreateAsync(database!) : null);
    }

    public static Task SeedAsync(this TestApp app, Func<ShopDb, Task> seed) => app.WithAsync<ShopDb>(async db =>
    {
        await seed(db);
        await db.SaveChangesAsync();
    });

    public static Task<HttpResponseMessage> SendAsync(this TestApp app, HttpMethod method, string path, object? body = null) =>
        app.Client.SendAsync(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) });

    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddDatabase<ShopDb>().WithoutProviderCount();
        builder.Services.AddSingleton<Meeting>();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.MapBlueprint<ItemsBlueprint>("/items");
        app.MapDelete("/shelves/{id:int}", (int id, ShopDb db) => db.Shelves.Where(shelf => shelf.Id == id).ExecuteDeleteAsync());
        map?.Invoke(app);
        return app;
    }
}

internal sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options)
{
    public DbSet<Shelf> Shelves => Set<Shelf>();

    public DbSet<Item> Items => Set<Item>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Item>(item =>
    {
        item.Property(row => row.Name).HasMaxLength(80);
        item.HasIndex(row => row.Name).IsUnique();
        item.HasIndex(row => new { row.ShelfId, row.SlotNumber }).IsUnique();
        item.Property(row => row.Price).HasPrecision(12, 2);
        item.ToTable(table => table.HasCheckConstraint("ck_item_name", "name <> 'forbidden'"));
    });
}

internal sealed class Shelf
{
    public int Id { get; set; }

    public required string Name { get; set; }
}

internal sealed class Item : ITimestamped, IVersioned
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public decimal Price { get; set; }

    public int? ShelfId { get; set; }

    public Shelf? Shelf { get; set; }

    public int? SlotNumber { get; set; }

    public DateTimeOffset? SoldAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; }
}

public sealed record NewItem(string Name, int? ShelfId = null, int? SlotNumber = null);

[Carafe.Data.ListName("items")]
public sealed record ItemResponse(int Id, string Name, int Version, DateTimeOffset CreatedAt);

/// <summary>Lets two requests wait for each other.</summary>
internal sealed class Meeting
{
    private readonly TaskCompletionSource _both = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    public Task FirstAsync() => _first.Task;

    public Task WaitForTwoAsync()
    {
        _first.TrySetResult();
        if (Interlocked.Increment(ref _arrived) == 2)
        {
            _both.SetResult();
        }

        return _both.Task;
    }
}

internal sealed class ItemsBlueprint : IBlueprint
{
    public static string Name => "items";

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/", (PageQuery page, ShopDb db, CancellationToken stop) =>
            db.Items.OrderByDescending(item => item.CreatedAt)
                .ToPageAsync(page, item => new ItemResponse(item.Id, item.Name, item.Version, item.CreatedAt), stop));
        group.MapGet("/{id:int}", async (int id, ShopDb db) => From(await db.Items.FindOr404Async(id)));
        group.MapPost("/", async (NewItem body, ShopDb db) =>
        {
            var item = new Item { Name = body.Name, ShelfId = body.ShelfId, SlotNumber = body.SlotNumber };
            db.Items.Add(item);
            await db.SaveChangesAsync();
            return TypedResults.Created($"/items/{item.Id}", From(item));
        });
        group.MapPut("/{id:int}", async (int id, NewItem body, ShopDb db) =>
        {
            var item = await db.Items.FindOr404Async(id);
            item.Name = body.Name;
            await db.SaveChangesAsync();
            return From(item);
        });
        group.MapPut("/{id:int}/slowly", async (int id, NewItem body, ShopDb db, Meeting meeting) =>
        {
            var item = await db.Items.FindOr404Async(id);
            await meeting.WaitForTwoAsync();
            item.Name = body.Name;
            await db.SaveChangesAsync();
            return From(item);
        });
        group.MapDelete("/{id:int}", async (int id, ShopDb db) =>
            await db.Items.Where(item => item.Id == id).ExecuteDeleteAsync() == 0 ? Results.NotFound() : Results.NoContent());
    }

    private static ItemResponse From(Item item) => new(item.Id, item.Name, item.Version, item.CreatedAt);
}
