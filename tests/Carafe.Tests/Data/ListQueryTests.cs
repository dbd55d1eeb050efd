using System.Text.Json;
using Carafe.Data;
using Carafe.OpenApi;
using Microsoft.AspNetCore.Routing;

namespace Carafe.Tests.Data;

/// <summary>A list is sorted and filtered by the columns that the app allows, and by nothing else.</summary>
public class ListQueryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_list_is_sorted_and_filtered_as_the_caller_asks(string database)
    {
        await using var server = await StartAsync(database);
        Assert.Equal(["d", "b", "c", "a"], await NamesAsync(server, "/list"));
        Assert.Equal(["a", "b", "c", "d"], await NamesAsync(server, "/list?sort=name"));
        Assert.Equal(["a", "c", "d", "b"], await NamesAsync(server, "/list?sort=price,-name"));
        Assert.Equal(["c", "d"], await NamesAsync(server, "/list?shelf=right&sort=name"));
        Assert.Equal(["d"], await NamesAsync(server, "/list?shelf=right&above=15"));
        Assert.Equal(["d"], await NamesAsync(server, "/list?slot_number=3"));
        Assert.Empty(await NamesAsync(server, "/list?shelf=' or 1=1 --"));
        Assert.Empty(await NamesAsync(server, "/list?created_after=2026-01-01T00:00:00Z"));
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Every_order_is_stable_and_can_be_walked_by_cursor(string database)
    {
        await using var server = await StartAsync(database);
        foreach (var query in new[] { "sort=price", "sort=-price,name", "sort=slot_number", "sort=-slot_number&shelf=right", "above=5" })
        {
            var whole = await NamesAsync(server, $"/list?{query}");
            var (walked, next) = (new List<string>(), "");
            do
            {
                var page = await server.Client.GetAsync($"/list?{query}&limit=1&after={Uri.EscapeDataString(next)}", Stop).Expect(200);
                walked.AddRange(Names(page));
                next = page.GetProperty("next").GetString();
            }
            while (next is not null);
            Assert.Equal(whole, walked);
        }
    }

    [Fact]
    public async Task A_cursor_of_another_order_or_filter_is_refused()
    {
        await using var server = await StartAsync(TestDatabase.Sqlite);
        var next = (await server.Client.GetAsync("/list?sort=price&limit=1&after=", Stop).Expect(200)).GetProperty("next").GetString();
        Assert.Equal("invalid_cursor", (await server.Client.GetAsync($"/list?sort=-price&limit=1&after={next}", Stop).ExpectError(400, "after")).Reason);
        Assert.Equal("invalid_cursor",
            (await server.Client.GetAsync($"/list?sort=price&above=1&limit=1&after={next}", Stop).ExpectError(400, "after")).Reason);
    }

    [Theory]
    [InlineData("sort=version", "sort", "-name")]
    [InlineData("sort=", "sort", "-name")]
    [InlineData("sort=name,", "sort", "-name")]
    [InlineData("sort=name,-name", "sort", "without repetition")]
    [InlineData("sort=name&sort=price", "sort", "twice")]
    [InlineData("sort=Name", "sort", "-name")]
    [InlineData("above=cheap", "above", "number")]
    [InlineData("slot_number=1.5", "slot_number", "whole number")]
    [InlineData("shelf=a&shelf=b", "shelf", "twice")]
    [InlineData("version=1", "version", "known are above, after, created_after, limit, page, shelf, slot_number, sort, total")]
    public async Task What_is_not_allowed_is_400_and_names_what_is(string query, string member, string says)
    {
        await using var server = await StartAsync(TestDatabase.Sqlite);
        var error = await server.Client.GetAsync($"/list?{query}", Stop).ExpectError(400, member);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_lists_the_sorts_and_the_filters()
    {
        await using var server = await StartAsync(TestDatabase.Sqlite);
        var document = await server.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Stop);
        var parameters = document.GetProperty("paths").GetProperty("/list").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .ToDictionary(parameter => parameter.GetProperty("name").GetString()!);
        Assert.Equal(
            ["name", "-name", "price", "-price", "slot_number", "-slot_number"],
            parameters["sort"].GetProperty("schema").GetProperty("items").GetProperty("enum").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("-price", parameters["sort"].GetProperty("schema").GetProperty("default")[0].GetString());
        Assert.False(parameters["sort"].GetProperty("explode").GetBoolean());
        Assert.Equal("Only rows whose shelf is this.", parameters["shelf"].GetProperty("description").GetString());
        Assert.Equal("date-time", parameters["created_after"].GetProperty("schema").GetProperty("format").GetString());
    }

    [Fact]
    public async Task The_probe_finds_nothing_off_the_document()
    {
        await using var server = await SmallApp.StartAsync(Map, builder =>
        {
            builder.Services.AddDatabase<ShopDb>();
            AddDocument(builder);
        });
        var report = await server.ProbeContractAsync(_ => Task.FromResult(server.Client), requests: 400);
        Assert.Empty(report.Failures);
        Assert.True(report.Responses[("GET /list", 200)] > 10);
    }

    [Fact]
    public async Task A_list_that_contradicts_itself_stops_the_start_with_every_error()
    {
        var errors = await SmallApp.FaultsAsync(Shop.Create(["--environment", "Testing"],
            map: app => app.MapGet("/list", (PageQuery page, WrongList list) => 1)));
        Assert.Contains("WrongList: two sorts are named 'name'. Give one another name.", errors);
        Assert.Contains(errors, error => error.Contains("'taken' is a TimeSpan, for which not every database has an order", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("'shelf' is a Shelf, which cannot be read from a query", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("is no member, so it has no name. Give it one.", StringComparison.Ordinal));
        Assert.Contains("WrongList: DefaultSort is not set. A page needs an order.", errors);
        Assert.Contains("GET /list has 2 query parameters of the name 'limit'. Give all but one another name.", errors);
    }

    [Fact]
    public async Task The_check_names_columns_without_an_index()
    {
        await using var server = await StartAsync(TestDatabase.Sqlite);
        await server.WithAsync<ShopDb>(db =>
        {
            var list = server.Services.GetRequiredService<EndpointDataSource>().Endpoints
                .Select(endpoint => endpoint.Metadata.GetMetadata<Carafe.Data.Lists.ListDefinition>()).OfType<Carafe.Data.Lists.ListDefinition>().Single();
            Assert.Equal(
                [
                    "sorts by price: no index begins with items.price.",
                    "sorts by slot_number: items.slot_number may be null, and no index has null last on every database.",
                    "selects by shelf: no index begins with shelves.name.",
                    "selects by above: no index begins with items.price.",
                    "selects by slot_number: no index begins with items.slot_number.",
                ],
                Carafe.Data.Lists.ListIndexes.Missing(list, db.Model));
            return Task.CompletedTask;
        });
    }

    private static async Task<TestApp> StartAsync(string database)
    {
        var server = await Shop.StartAsync(database, AddDocument, Map);
        await server.SeedAsync(db => Task.Run(() =>
        {
            var (left, right) = (new Shelf { Name = "left" }, new Shelf { Name = "right" });
            db.Items.AddRange(
                new Item { Name = "a", Price = 10, Shelf = left, SlotNumber = 1, CreatedAt = DateTimeOffset.UnixEpoch },
                new Item { Name = "b", Price = 20, Shelf = left, CreatedAt = DateTimeOffset.UnixEpoch },
                new Item { Name = "c", Price = 15, Shelf = right, SlotNumber = 2, CreatedAt = DateTimeOffset.UnixEpoch },
                new Item { Name = "d", Price = 20, Shelf = right, SlotNumber = 3, CreatedAt = DateTimeOffset.UnixEpoch });
        }));
        return server;
    }

    private static void AddDocument(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(document => document.AddCarafeConventions());
        builder.Services.AddDocs();
    }

    private static void Map(WebApplication app)
    {
        app.MapDocs();
        app.MapGet("/list", (PageQuery page, ItemList list, ShopDb db) => db.Items.Apply(list)
            .ToPageAsync(page, item => new ItemResponse(item.Id, item.Name, item.Version, item.CreatedAt), Stop));
    }

    private static async Task<List<string>> NamesAsync(TestApp server, string path) => Names(await server.Client.GetAsync(path, Stop).Expect(200));

    private static List<string> Names(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];
}

internal sealed class ItemList : ListQuery<ItemList, Item>
{
    protected override void Configure(ListQueryBuilder<Item> list)
    {
        list.Sort(item => item.Name);
        list.Sort(item => item.Price);
        list.Sort(item => item.SlotNumber);
        list.Filter(item => item.Shelf!.Name, "shelf");
        list.Filter<decimal>("above", (item, price) => item.Price > price, "Only items that cost more.");
        list.Filter(item => item.SlotNumber);
        list.Filter<DateTimeOffset>("created_after", (item, time) => item.CreatedAt > time, "Only newer items.");
        list.DefaultSort = "-price";
    }
}

internal sealed class WrongList : ListQuery<WrongList, Item>
{
    protected override void Configure(ListQueryBuilder<Item> list)
    {
        list.Sort(item => item.Name);
        list.Sort(item => item.Shelf!.Name);
        list.Sort(item => item.Price + 1);
        list.Sort(item => item.UpdatedAt - item.CreatedAt, "taken");
        list.Filter(item => item.Shelf);
        list.Filter(item => item.Price, "limit");
    }
}
