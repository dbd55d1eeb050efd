using System.Security.Claims;
using System.Text.Json;
using Carafe.Data;

namespace Carafe.Tests.Data;

/// <summary>Lists that are ordered by every kind of column, walked by cursor.</summary>
public class CursorKindTests
{
    private static readonly Dictionary<string, Func<IQueryable<Sample>, IOrderedQueryable<Sample>>> Orders = new()
    {
        ["bool"] = rows => rows.OrderBy(row => row.Flag),
        ["bool?"] = rows => rows.OrderBy(row => row.MaybeFlag),
        ["enum"] = rows => rows.OrderBy(row => row.Tone),
        ["enum?"] = rows => rows.OrderByDescending(row => row.MaybeTone),
        ["enum as text"] = rows => rows.OrderBy(row => row.Named),
        ["enum? as text"] = rows => rows.OrderByDescending(row => row.MaybeNamed),
        ["small enum"] = rows => rows.OrderBy(row => row.Small),
        ["byte"] = rows => rows.OrderBy(row => row.Byte),
        ["short?"] = rows => rows.OrderBy(row => row.Short),
        ["uint"] = rows => rows.OrderBy(row => row.UInt),
        ["ulong"] = rows => rows.OrderBy(row => row.ULong),
        ["ulong down"] = rows => rows.OrderByDescending(row => row.ULong),
        ["char"] = rows => rows.OrderBy(row => row.Letter),
        ["double"] = rows => rows.OrderBy(row => row.Double),
        ["double?"] = rows => rows.OrderByDescending(row => row.MaybeDouble),
        ["float"] = rows => rows.OrderBy(row => row.Float),
        ["decimal?"] = rows => rows.OrderBy(row => row.Decimal),
        ["Guid?"] = rows => rows.OrderBy(row => row.Code),
        ["DateOnly?"] = rows => rows.OrderByDescending(row => row.Day),
        ["TimeOnly"] = rows => rows.OrderBy(row => row.Time),
        ["DateTime"] = rows => rows.OrderBy(row => row.Moment),
        ["DateTimeOffset?"] = rows => rows.OrderBy(row => row.At),
        ["length"] = rows => rows.OrderBy(row => row.Text!.Length),
        ["month"] = rows => rows.OrderByDescending(row => row.MaybeMoment!.Value.Month),
        ["year of a day"] = rows => rows.OrderBy(row => row.Day!.Value.Year),
        ["nested"] = rows => rows.OrderBy(row => row.Parent!.Byte),
        ["nested enum"] = rows => rows.OrderBy(row => row.Parent!.Named),
        ["complex"] = rows => rows.OrderBy(row => row.Place.City),
        ["sum"] = rows => rows.OrderBy(row => row.Short + row.Byte),
        ["upper"] = rows => rows.OrderByDescending(row => row.Text!.ToUpper()),
        ["two"] = rows => rows.OrderBy(row => row.MaybeNamed).ThenByDescending(row => row.MaybeDouble),
        ["count"] = rows => rows.OrderBy(row => row.Children.Count),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_walk_gives_every_row_once_in_the_order_of_the_list(string kind)
    {
        await using var app = await StartAsync(kind);
        var faults = new List<string>();
        foreach (var order in Orders.Keys)
        {
            try
            {
                var path = $"/samples/{Uri.EscapeDataString(order)}";
                var whole = Ids(await app.Client.GetFromJsonAsync<JsonElement>($"{path}?limit=100", Stop));
                var walked = await WalkAsync(app.Client, path);
                if (!whole.SequenceEqual(walked) || walked.Count != 23)
                {
                    faults.Add($"{order}: {string.Join(",", whole)} against {string.Join(",", walked)}");
                }
            }
            catch (HttpRequestException fault)
            {
                faults.Add($"{order}: {fault.StatusCode}");
            }
        }

        Assert.Equal([], faults);
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("span")]
    public async Task What_no_cursor_can_go_on_from_fails_with_the_first_page_and_not_with_a_later_one(string order)
    {
        await using var app = await StartAsync(TestDatabase.Sqlite);
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.Client.GetAsync($"/odd/{order}?limit=100&after=", Stop)).StatusCode);
    }

    [Fact]
    public async Task A_cursor_is_the_callers_own_and_says_nothing_of_the_row()
    {
        await using var app = await StartAsync(TestDatabase.Sqlite);
        var cursor = (await GetAsync(app, "/samples/complex?limit=5&after=", "ada")).GetProperty("next").GetString()!;

        Assert.Equal(5, Ids(await GetAsync(app, $"/samples/complex?limit=5&after={cursor}", "ada")).Count);
        foreach (var other in new[] { "bob", null })
        {
            await SendAsync(app, $"/samples/complex?limit=5&after={cursor}", other).ExpectError(400);
        }

        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(cursor);
        Assert.DoesNotContain("city", System.Text.Encoding.Latin1.GetString(bytes), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("%0A")]
    [InlineData("%20")]
    [InlineData("%09")]
    public async Task A_cursor_has_one_form(string added)
    {
        await using var app = await StartAsync(TestDatabase.Sqlite);
        var cursor = (await GetAsync(app, "/samples/byte?limit=5&after=", "ada")).GetProperty("next").GetString()!;
        await SendAsync(app, $"/samples/byte?limit=5&after={cursor}{added}", "ada").ExpectError(400);
        await SendAsync(app, $"/samples/byte?limit=5&after={cursor[..8]}{added}{cursor[8..]}", "ada").ExpectError(400);
    }

    private static async Task<TestApp> StartAsync(string kind)
    {
        var app = await SmallApp.StartAsync(Map, builder => builder.Services.AddDatabase<SampleDb>(), await TestDatabase.CreateAsync(kind));
        await app.WithAsync<SampleDb>(async db =>
        {
            db.AddRange(Enumerable.Range(1, 23).Select(Sample.Make));
            await db.SaveChangesAsync(Stop);
        });
        return app;
    }

    private static void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity(context.Request.Headers["X-User"] is [{ } name] ? [new Claim("sub", name)] : [], "test"));
            return next(context);
        });
        app.MapGet("/samples/{order}", ListAsync);
        app.MapGet("/odd/{order}", OddAsync);
    }

    private static Task<Paged<SampleResponse>> ListAsync(string order, PageQuery page, SampleDb db)
    {
        var sort = Orders[order];
        return sort(db.Set<Sample>()).ToPageAsync(page, row => new SampleResponse(row.Id));
    }

    private static Task<Paged<SampleResponse>> OddAsync(string order, PageQuery page, SampleDb db)
    {
        var rows = order == "bytes" ? db.Set<Sample>().OrderBy(row => row.Bytes) : db.Set<Sample>().OrderBy(row => row.Span);
        return rows.ToPageAsync(page, row => new SampleResponse(row.Id));
    }

    private static async Task<HttpResponseMessage> SendAsync(TestApp app, string path, string? user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (user is not null)
        {
            request.Headers.Add("X-User", user);
        }

        return await app.Client.SendAsync(request, Stop);
    }

    private static async Task<JsonElement> GetAsync(TestApp app, string path, string user) =>
        await (await SendAsync(app, path, user)).Content.ReadFromJsonAsync<JsonElement>(Stop);

    private static async Task<List<int>> WalkAsync(HttpClient client, string path)
    {
        var seen = new List<int>();
        for (var cursor = ""; cursor is not null && seen.Count < 100;)
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"{path}?limit=3&after={cursor}", Stop);
            seen.AddRange(Ids(page));
            cursor = page.GetProperty("next").GetString();
        }

        return seen;
    }

    private static List<int> Ids(JsonElement page) => [.. page.GetProperty("samples").EnumerateArray().Select(item => item.GetProperty("id").GetInt32())];
}
