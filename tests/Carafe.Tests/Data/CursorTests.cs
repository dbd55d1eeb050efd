using System.Text.Json;
using Carafe.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Carafe.Tests.Data;

public class CursorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestDatabase.Sqlite, "newest")]
    [InlineData(TestDatabase.Sqlite, "price")]
    [InlineData(TestDatabase.Sqlite, "sold")]
    [InlineData(TestDatabase.Sqlite, "name")]
    [InlineData(TestDatabase.Postgres, "newest")]
    [InlineData(TestDatabase.Postgres, "price")]
    [InlineData(TestDatabase.Postgres, "sold")]
    [InlineData(TestDatabase.Postgres, "name")]
    public async Task Cursors_give_every_row_once_in_the_order_of_the_list_whatever_it_is(string database, string sort)
    {
        await using var server = await Shop.StartAsync(database, map: Map);
        await FillAsync(server);
        var whole = await server.Client.GetFromJsonAsync<JsonElement>($"/sorted/{sort}?limit=100", Stop);
        var paged = await WalkAsync(server, $"/sorted/{sort}?limit=7", () => Task.CompletedTask);
        Assert.Equal(Ids(whole), paged);
        Assert.Equal(50, paged.Distinct().Count());
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Rows_that_come_and_go_while_paging_repeat_and_skip_none_of_the_others(string database)
    {
        await using var server = await Shop.StartAsync(database, map: Map);
        await FillAsync(server);
        var before = Ids(await server.Client.GetFromJsonAsync<JsonElement>("/sorted/newest?limit=100", Stop));
        var number = 100;
        var seen = new List<int>();
        var paged = await WalkAsync(server, "/sorted/newest?limit=7", async () =>
        {
            await server.SendAsync(HttpMethod.Post, "/items", new { name = $"new {number++}" });
            // The very row that the cursor points at.
            await server.SendAsync(HttpMethod.Delete, $"/items/{seen[^1]}");
        }, seen);
        Assert.Equal(before, paged);
    }

    [Fact]
    public async Task A_cursor_page_counts_only_when_asked_and_links_the_first_and_the_next()
    {
        await using var server = await Shop.StartAsync(map: Map);
        await FillAsync(server);
        var response = await server.Client.GetAsync("/sorted/newest?limit=7&after=", Stop);
        var page = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.False(page.TryGetProperty("total", out _));
        var next = Uri.EscapeDataString(page.GetProperty("next").GetString()!);
        Assert.Equal($"</sorted/newest?after=&limit=7>; rel=\"first\", </sorted/newest?after={next}&limit=7>; rel=\"next\"",
            Assert.Single(response.Headers.GetValues("Link")));
        page = await server.Client.GetFromJsonAsync<JsonElement>($"/sorted/newest?limit=7&after={next}&total=true", Stop);
        Assert.Equal(50, page.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_cursor_that_this_list_did_not_give_is_400_invalid_cursor()
    {
        await using var server = await Shop.StartAsync(map: Map);
        await FillAsync(server);
        var page = await server.Client.GetFromJsonAsync<JsonElement>("/sorted/newest?limit=7&after=", Stop);
        var cursor = page.GetProperty("next").GetString()!;
        var flipped = (cursor[0] == 'A' ? "B" : "A") + cursor[1..];
        foreach (var path in new[]
        {
            $"/sorted/newest?after={flipped}", $"/sorted/newest?after={cursor[..^2]}", "/sorted/newest?after=!!", "/sorted/newest?after=AAAA",
                $"/sorted/newest?after={new string('A', 5000)}",
            $"/sorted/price?after={cursor}", $"/items?after={cursor}", $"/sorted/newest?q=other&after={cursor}",
        })
        {
            var response = await server.Client.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
            Assert.Equal("invalid_cursor", body.GetProperty("reason").GetString());
        }
    }

    private static void Map(WebApplication app) =>
        app.MapGet("/sorted/{sort}", SortedAsync).WithMetadata(new RequestParameterMetadata("q", typeof(string), "A filter."));

    private static async Task<Ok<Paged<ItemResponse>>> SortedAsync(string sort, PageQuery page, ShopDb db) => TypedResults.Ok(await (sort switch
    {
        "price" => db.Items.OrderBy(item => item.Price),
        "sold" => db.Items.OrderByDescending(item => item.SoldAt).ThenBy(item => item.Price),
        "name" => db.Items.OrderByDescending(item => item.Name),
        _ => db.Items.NewestFirst(),
    }).ToPageAsync(page, item => new ItemResponse(item.Id, item.Name, item.Version, item.CreatedAt)));

    private static Task FillAsync(TestApp server)
    {
        var noon = new DateTimeOffset(2025, 5, 28, 12, 0, 0, TimeSpan.Zero);
        return server.SeedAsync(db => Task.Run(() => db.Items.AddRange(Enumerable.Range(0, 50).Select(number => new Item
        {
            Name = $"item {number}",
            Price = number % 5 * 9.5m,
            SoldAt = number % 3 == 0 ? null : noon.AddMicroseconds(number % 4),
            CreatedAt = noon.AddSeconds(number / 4),
        }))));
    }

    private static async Task<List<int>> WalkAsync(TestApp server, string path, Func<Task> between, List<int>? seen = null)
    {
        seen ??= [];
        for (var cursor = ""; cursor is not null;)
        {
            var page = await server.Client.GetFromJsonAsync<JsonElement>($"{path}&after={cursor}", Stop);
            seen.AddRange(Ids(page));
            cursor = page.GetProperty("next").GetString();
            await between();
        }

        return seen;
    }

    private static List<int> Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt32())];
}
