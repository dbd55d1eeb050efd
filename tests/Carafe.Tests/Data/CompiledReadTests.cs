using System.Linq.Expressions;
using System.Text.Json;
using Carafe.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>Lists and single rows are read by queries compiled once; each request finds what its own values say.</summary>
public class CompiledReadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Lists
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var database in new[] { TestDatabase.Sqlite, TestDatabase.Postgres })
            {
                foreach (var list in new[] { "name", "shelf", "slot", "both", "any", "trimmed", "part" })
                {
                    cases.Add(database, list);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_finds_what_the_values_of_this_request_say_whatever_was_asked_before(string database, string list)
    {
        await using var server = await Shop.StartAsync(database, map: Map);
        await FillAsync(server);
        foreach (var (shelf, slot, name) in new (int?, int?, string?)[] { (1, 1, "item 3"), (2, null, "item 4"), (null, 2, " item 5 "), (1, 1, "item 3"),
            (null, null, null), (2, 2, "none") })
        {
            var expected = Expected(list, shelf, slot, name);
            foreach (var paging in new[] { "limit=3", "limit=3&after=" })
            {
                Assert.Equal(expected,
                    await WalkAsync(server,
                        $"/lists/{list}?{(shelf is null ? "" : $"shelf={shelf}&")}{(slot is null ? "" : $"slot={slot}&")}name={name}&{paging}"));
            }
        }
    }

    [Fact]
    public async Task Newest_first_is_the_query_that_ordering_by_creation_downwards_is()
    {
        await using var server = await Shop.StartAsync();
        await server.SeedAsync(db =>
        {
            var shelf = 3;
            Assert.Equal(
                db.Items.Where(item => item.ShelfId == shelf).OrderByDescending(item => item.CreatedAt).ThenBy(item => item.Name).ToQueryString(),
                db.Items.Where(item => item.ShelfId == shelf).NewestFirst().ThenBy(item => item.Name).ToQueryString());
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_page_far_down_holds_the_rows_that_come_after_those_before_it(string database)
    {
        await using var server = await Shop.StartAsync(database, map: app => app.MapGet("/cheap", (decimal below, PageQuery page, ShopDb db) =>
            db.Items.Where(item => item.Price < below).OrderByDescending(item => item.Price).ThenBy(item => item.Name)
                .ToPageAsync(page, item => new Seen(item.Id) { Name = item.Name })));
        await server.SeedAsync(
            db => Task.Run(() => db.Items.AddRange(Enumerable.Range(1, 500).Select(n => new Item { Id = n, Name = $"{n * 7919 % 500:000}", Price = n % 3 }))));
        foreach (var below in new[] { 9, 2, 9 })
        {
            var expected = Enumerable.Range(1, 500).Where(n => n % 3 < below).OrderByDescending(n => n % 3)
                .ThenBy(n => $"{n * 7919 % 500:000}", StringComparer.Ordinal).ToList();
            for (var page = 1; page <= expected.Count / 30 + 1; page++)
            {
                var answer = await server.Client.GetFromJsonAsync<JsonElement>($"/cheap?below={below}&limit=30&page={page}", Stop);
                Assert.Equal(expected.Skip((page - 1) * 30).Take(30), answer.GetProperty("items").EnumerateArray().Select(Id));
            }
        }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task What_is_shown_of_a_row_depends_on_who_asks_now(string database)
    {
        await using var server = await Shop.StartAsync(database, map: Map);
        await FillAsync(server);
        foreach (var me in new[] { 2, 3, 2, 0 })
        {
            var one = await server.Client.GetFromJsonAsync<JsonElement>($"/seen/2?me={me}", Stop);
            Assert.Equal(me == 2 ? "item 2" : null, one.GetProperty("name").GetString());
            var all = await server.Client.GetFromJsonAsync<JsonElement>($"/seen?me={me}", Stop);
            Assert.Equal(me == 0
                ? []
                : [me], all.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("name").ValueKind == JsonValueKind.String).Select(Id));
        }

        Assert.Equal("Item 77 not found", (await (await server.Client.GetAsync("/seen/77?me=1", Stop)).Content.ReadFromJsonAsync<JsonElement>(Stop))
            .GetProperty("message").GetString());
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/lists/{list}", (string list, int? shelf, int? slot, string? name, PageQuery page, ShopDb db) => List(db, list, shelf, slot, name ?? "")
            .ToPageAsync(page, item => new ItemResponse(item.Id, item.Name, item.Version, item.CreatedAt)));
        app.MapGet("/seen",
            async Task<Ok<Paged<Seen>>> (int me, PageQuery page, ShopDb db) =>
                TypedResults.Ok(await db.Items.OrderBy(item => item.Id).ToPageAsync(page, SeenBy(me))));
        app.MapGet("/seen/{id:int}", (int id, int me, ShopDb db) => db.Items.FindOr404Async(id, SeenBy(me)));
    }

    private static IOrderedQueryable<Item> List(ShopDb db, string list, int? shelf, int? slot, string name)
    {
        int[] some = [shelf ?? 0, slot ?? 0];
        return (list switch
        {
            "name" => db.Items.Where(item => item.Name == name),
            "shelf" => db.Items.Where(item => item.ShelfId == shelf),
            "slot" => db.Items.Where(item => item.SlotNumber == slot && item.Id > 0),
            "both" => db.Items.Where(item => item.ShelfId == shelf).Where(item => item.SlotNumber == slot || item.Name == name),
            "any" => db.Items.Where(item => some.Contains(item.Id)),
            "trimmed" => db.Items.Where(item => item.Name == name.Trim()),
            _ => db.Items.Where(item => item.Name.Contains(name)),
        }).OrderBy(item => item.Id);
    }

    // The same question to objects in memory.
    private static IEnumerable<int> Expected(string list, int? shelf, int? slot, string? name)
    {
        name ??= "";
        return Rows().Where(row => list switch
        {
            "name" => row.Name == name,
            "shelf" => row.Shelf == shelf,
            "slot" => row.Slot == slot,
            "both" => row.Shelf == shelf && (row.Slot == slot || row.Name == name),
            "any" => row.Id == (shelf ?? 0) || row.Id == (slot ?? 0),
            "trimmed" => row.Name == name.Trim(),
            _ => row.Name.Contains(name, StringComparison.Ordinal),
        }).Select(row => row.Id);
    }

    private static IEnumerable<(int Id, string Name, int? Shelf, int? Slot)> Rows() =>
        Enumerable.Range(1, 10).Select(n => (n, $"item {n}", n % 3 == 0 ? (int?)null : (n % 2) + 1, n % 4 == 0 ? (int?)null : n));

    private static async Task FillAsync(TestApp server)
    {
        await server.SeedAsync(db => Task.Run(() => db.Shelves.AddRange(new Shelf { Id = 1, Name = "one" }, new Shelf { Id = 2, Name = "two" })));
        await server.SeedAsync(
            db => Task.Run(
            () => db.Items.AddRange(Rows().Select(row => new Item { Id = row.Id, Name = row.Name, ShelfId = row.Shelf, SlotNumber = row.Slot }))));
    }

    private static async Task<List<int>> WalkAsync(TestApp server, string path)
    {
        var found = new List<int>();
        for (var (page, more) = (path, true); more;)
        {
            var answer = await server.Client.GetFromJsonAsync<JsonElement>(page, Stop);
            found.AddRange(answer.GetProperty("items").EnumerateArray().Select(Id));
            if (answer.TryGetProperty("next", out var next))
            {
                (page, more) = (path + next.GetString(), next.ValueKind == JsonValueKind.String);
            }
            else
            {
                var number = answer.GetProperty("page").GetInt32() + 1;
                Assert.Equal((answer.GetProperty("total").GetInt32() + 2) / 3, answer.GetProperty("pages").GetInt32());
                (page, more) = ($"{path}&page={number}", number <= answer.GetProperty("pages").GetInt32());
            }
        }

        return found;
    }

    private static int Id(JsonElement item) => item.GetProperty("id").GetInt32();

    private static Expression<Func<Item, Seen>> SeenBy(int me) => item => new Seen(item.Id) { Name = item.Id == me ? item.Name : null };
}

[Carafe.Data.ListName("items")]
public sealed record Seen(int Id)
{
    public string? Name { get; init; }
}
