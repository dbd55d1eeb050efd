using System.Text.Json;
using Carafe.Data;
using Carafe.OpenApi;

namespace Carafe.Tests.Data;

/// <summary>The parameters of lists have the names and limits that the app gives them, in requests, errors, links, cursors and the document.</summary>
public class PagingOptionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_list_is_paged_by_offset_under_the_app_s_names(string database)
    {
        await using var server = await StartAsync(Offset, database);
        Assert.Equal([8, 7, 6], Ids(await server.Client.GetAsync("/items?skip=2&take=3", Stop).Expect(200)));
        using var response = await server.Client.GetAsync("/items?skip=4&take=3", Stop);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(["items", "total"], body.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            "</items?skip=0&take=3>; rel=\"first\", </items?skip=1&take=3>; rel=\"prev\", </items?skip=7&take=3>; rel=\"next\", "
            + "</items?skip=9&take=3>; rel=\"last\"", Assert.Single(response.Headers.GetValues("Link")));
        Assert.Equal([10, 9], Ids(await server.Client.GetAsync("/items", Stop).Expect(200)));
        Assert.Empty(Ids(await server.Client.GetAsync("/items?skip=2147483647", Stop).Expect(200)));
        await server.Client.GetAsync("/items?take=6", Stop).ExpectError(400, "take");
        await server.Client.GetAsync("/items?skip=-1", Stop).ExpectError(400, "skip");
        await server.Client.GetAsync("/items?page=1", Stop).ExpectError(400, "page");
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_list_without_totals_knows_whether_there_is_a_next_page(string database)
    {
        await using var server = await StartAsync(Bracketed, database);
        using var response = await server.Client.GetAsync("/items?page[number]=2&page[size]=4", Stop);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal([6, 5, 4, 3], Ids(body));
        Assert.Equal(["items", "page"], body.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            "</items?page%5Bnumber%5D=1&page%5Bsize%5D=4>; rel=\"first\", </items?page%5Bnumber%5D=1&page%5Bsize%5D=4>; rel=\"prev\", "
            + "</items?page%5Bnumber%5D=3&page%5Bsize%5D=4>; rel=\"next\"", Assert.Single(response.Headers.GetValues("Link")));
        using var last = await server.Client.GetAsync("/items?page[number]=3&page[size]=4&count=true", Stop);
        Assert.DoesNotContain("next", Assert.Single(last.Headers.GetValues("Link")), StringComparison.Ordinal);
        Assert.Equal(10, (await last.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Cursors_work_under_the_app_s_names(string database)
    {
        await using var server = await StartAsync(Bracketed, database);
        var first = await server.Client.GetAsync("/items?page[after]=&page[size]=4", Stop).Expect(200);
        var next = Uri.EscapeDataString(first.GetProperty("next").GetString()!);
        Assert.Equal([6, 5], Ids(await server.Client.GetAsync($"/items?page[after]={next}&page[size]=2&count=true", Stop).Expect(200)));
        var error = await server.Client.GetAsync("/items?page[after]=abc", Stop).ExpectError(400, "page[after]");
        Assert.Equal("invalid_cursor", error.Reason);
        await server.Client.GetAsync("/items?page[after]=&page[number]=1", Stop).ExpectError(400, "page[after]");
    }

    [Fact]
    public async Task A_list_has_cursors_alone_where_the_app_names_no_other_position()
    {
        await using var server = await StartAsync(paging => paging.PageParameter = null);
        var first = await server.Client.GetAsync("/items?limit=4", Stop).Expect(200);
        Assert.Equal(JsonValueKind.String, first.GetProperty("next").ValueKind);
        await server.Client.GetAsync("/items?page=1", Stop).ExpectError(400, "page");
    }

    [Fact]
    public async Task A_name_in_capitals_is_the_same_parameter_and_comes_once_in_the_links()
    {
        await using var server = await StartAsync(_ => { });
        using var response = await server.Client.GetAsync("/items?Page=2&limit=4", Stop);
        Assert.StartsWith("</items?page=1&limit=4>", Assert.Single(response.Headers.GetValues("Link")), StringComparison.Ordinal);
        var first = await server.Client.GetAsync("/items?After=&Limit=4", Stop).Expect(200);
        await server.Client.GetAsync($"/items?after={first.GetProperty("next").GetString()}&limit=4", Stop).Expect(200);
    }

    [Fact]
    public async Task A_list_has_limits_of_its_own()
    {
        await using var server = await StartAsync(_ => { });
        Assert.Equal(3, Ids(await server.Client.GetAsync("/few", Stop).Expect(200)).Count);
        await server.Client.GetAsync("/few?limit=6", Stop).ExpectError(400, "limit");
        await server.Client.GetAsync("/items?limit=100", Stop).Expect(200);
    }

    [Fact]
    public async Task A_list_responds_in_an_envelope_of_the_app_s_own()
    {
        await using var server = await StartAsync(_ => { });
        var body = await server.Client.GetAsync("/own?page=2&limit=4", Stop).Expect(200);
        Assert.Equal(["data", "count", "links"], body.EnumerateObject().Select(member => member.Name));
        Assert.Equal([6, 5, 4, 3], body.GetProperty("data").EnumerateArray().Select(item => item.GetInt32()));
        Assert.Equal(
            ["first /own?page=1&limit=4", "prev /own?page=1&limit=4", "next /own?page=3&limit=4", "last /own?page=3&limit=4"],
            body.GetProperty("links").EnumerateObject().Select(link => $"{link.Name} {link.Value.GetString()}"));
    }

    [Fact]
    public async Task The_document_has_the_app_s_names_and_limits()
    {
        await using var server = await StartAsync(Bracketed);
        var document = await server.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Stop);
        var parameters = document.GetProperty("paths").GetProperty("/items").GetProperty("get").GetProperty("parameters").EnumerateArray().ToList();
        Assert.Equal(["page[number]", "page[size]", "page[after]", "count"], parameters.Select(parameter => parameter.GetProperty("name").GetString()));
        Assert.Equal(5, parameters[1].GetProperty("schema").GetProperty("maximum").GetInt32());
        Assert.Equal("The page, from 1. Not together with page[after].", parameters[0].GetProperty("description").GetString());
    }

    [Fact]
    public async Task Options_that_contradict_each_other_stop_the_start_with_every_error()
    {
        var errors = await SmallApp.FaultsAsync(Shop.Create(["--environment", "Testing"], builder => builder.Services.AddPaging(paging =>
        {
            (paging.PageParameter, paging.CursorParameter, paging.OffsetParameter) = ("limit", null, " ");
            (paging.DefaultLimit, paging.MaxLimit) = (200, 100);
        }), app => app.MapGet("/few", ([PageSize(MaxLimit = 20_000)] PageQuery _) => 1)));
        Assert.Contains("Paging: OffsetParameter is empty. Give it a name.", errors);
        Assert.Contains("Paging: PageParameter and LimitParameter are all 'limit'. Each needs a name of its own.", errors);
        Assert.Contains("Paging: DefaultLimit is 200 and must be from 1 to MaxLimit, 100.", errors);
        Assert.Contains("GET /few: MaxLimit is 20000 and must be from 1 to 10000.", errors);
    }

    private static void Offset(PagingOptions paging)
    {
        (paging.PageParameter, paging.CursorParameter, paging.OffsetParameter, paging.LimitParameter) = (null, null, "skip", "take");
        (paging.DefaultLimit, paging.MaxLimit) = (2, 5);
    }

    private static void Bracketed(PagingOptions paging)
    {
        (paging.PageParameter, paging.CursorParameter, paging.LimitParameter, paging.TotalParameter) = ("page[number]", "page[after]", "page[size]", "count");
        (paging.DefaultLimit, paging.MaxLimit, paging.AlwaysTotal) = (2, 5, false);
    }

    private static async Task<TestApp> StartAsync(Action<PagingOptions> options, string database = TestDatabase.Sqlite)
    {
        var server = await Shop.StartAsync(database, builder =>
        {
            builder.Services.AddPaging(options);
            builder.Services.AddOpenApi(document => document.AddCarafeConventions());
            builder.Services.AddDocs();
        }, app =>
        {
            app.MapDocs();
            app.MapGet("/few", ([PageSize(DefaultLimit = 3, MaxLimit = 5)] PageQuery page, ShopDb db) =>
                db.Items.NewestFirst().ToPageAsync(page, item => new ItemResponse(item.Id, item.Name, item.Version, item.CreatedAt), Stop));
            app.MapGet("/own", async (PageQuery page, ShopDb db) =>
            {
                var items = await db.Items.NewestFirst().ToPageAsync(page, item => item.Id, Stop);
                return new OwnEnvelope(items.Items, items.Total, items.Links!);
            });
        });
        await server.SeedAsync(db => Task.Run(() =>
        {
            for (var number = 1; number <= 10; number++)
            {
                db.Items.Add(new Item { Name = $"item {number}", CreatedAt = DateTimeOffset.UnixEpoch.AddDays(number) });
            }
        }));
        return server;
    }

    private static List<int> Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt32())];

    private sealed record OwnEnvelope(IReadOnlyList<int> Data, long? Count, PageLinks Links);
}
