using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;

namespace Carafe.Tests.Binding;

public sealed record Free(JsonElement? Element = null, JsonNode? Node = null, JsonObject? Map = null, JsonArray? List = null, object? Any = null,
    JsonDocument? Document = null);

public sealed record Bytes(byte[] Data);

public sealed record Keys(Dictionary<Shade, int>? Shades = null, Dictionary<int, int>? Numbers = null, Dictionary<Guid, int>? Ids = null,
    Dictionary<DateTimeOffset, int>? Times = null);

public sealed record Moment(DateTime At, DateTime? Other = null);

public sealed record Filter(string? TagName, [System.ComponentModel.DataAnnotations.Range(1, 10)] int PageSize = 5, Shade? ShadeName = null);

public sealed record Upload(string Title, int PageCount, Shade Shade, decimal? Price = null);

public sealed record UploadWithFile(int Count, IFormFile Picture);

public sealed class JsonFormTests
{
    [Theory]
    [InlineData("title=a&page_count=3&shade=dark_green", "a 3 DarkGreen ")]
    [InlineData("Title=a&PageCount=3&Shade=RAL-9005&price=1e2", "a 3 Black 100")]
    [InlineData("title=a&page_count=3&shade=dark_green&price=", "a 3 DarkGreen ")]
    public async Task A_form_as_a_whole_is_read_by_the_same_rules(string body, string read)
    {
        await using var app = await SmallApp.StartAsync(
            app => app.MapPost("/form", ([FromForm] Upload form) => $"{form.Title} {form.PageCount} {form.Shade} {form.Price}").DisableAntiforgery());
        Assert.Equal(read, (await app.SendAsync("POST", "/form", body, "application/x-www-form-urlencoded")).Body);
    }

    [Theory]
    [InlineData("title=a&page_count=x&shade=DarkGreen", "page_count must be a whole number|shade must be one of: light_green, dark_green, RAL-9005")]
    [InlineData("title=a&PageCount=1,5&shade=5&price=1.000,5",
        "PageCount must be a whole number|price must be a number|shade must be one of: light_green, dark_green, RAL-9005")]
    [InlineData("page_count=1", "shade is required|title is required")]
    public async Task What_is_wrong_in_a_form_as_a_whole_is_named(string body, string faults)
    {
        await using var app = await SmallApp.StartAsync(app => app.MapPost("/form", ([FromForm] Upload form) => form.Title).DisableAntiforgery());
        Assert.Equal(faults.Split('|'), (await app.SendAsync("POST", "/form", body, "application/x-www-form-urlencoded")).IsError(400).Faults);
    }

    [Fact]
    public async Task A_form_without_its_file_is_told_so()
    {
        await using var app = await SmallApp.StartAsync(app => app.MapPost("/form", ([FromForm] UploadWithFile form) => form.Count).DisableAntiforgery());
        var answer = (
            await app.SendAsync("POST", "/form", "--b\r\nContent-Disposition: form-data; name=\"Count\"\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b"))
            .IsError(400);
        Assert.Equal(["Count must be a whole number", "picture is required"], answer.Faults);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""[{"a":{"b":1,"b":1}}]""")]
    [InlineData("""{"a":"x\u0000"}""")]
    [InlineData("""{"\u0000":1}""")]
    [InlineData("""["\ud800"]""")]
    public async Task Free_form_JSON_is_held_to_the_rules_of_all_JSON(string json)
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapPost("/free", (Free body) => TypedResults.Ok(body));
            app.MapPost("/objects", (List<object> body) => TypedResults.Ok(body.Count));
            app.MapPost("/map", (Dictionary<string, object> body) => TypedResults.Ok(body.Count));
        });
        foreach (var member in (string[])["element", "node", "any", "document", json[0] == '{' ? "map" : "list"])
        {
            var answer = (await app.SendAsync("POST", "/free", $$"""{"{{member}}":{{json}}}""")).IsError(400);
            Assert.StartsWith(member, Assert.Single(answer.Faults), StringComparison.Ordinal);
        }

        (await app.SendAsync("POST", "/objects", $"[{json}]")).IsError(400);
        (await app.SendAsync("POST", "/map", $$"""{"k":{{json}}}""")).IsError(400);
    }

    [Fact]
    public async Task Free_form_JSON_comes_back_as_it_was_sent()
    {
        await using var app = await SmallApp.StartAsync(app => app.MapPost("/free", (Free body) => TypedResults.Ok(body)));
        const string Json = """{"element":{"a":[1,null,"x"]},"node":[1.0,{"b":true}],"map":{},"list":[],"any":{"c":1},"document":"x"}""";
        Assert.Equal(Json, (await app.SendAsync("POST", "/free", Json)).Body);
        Assert.Equal(["list is not valid", "map is not valid"], (await app.SendAsync("POST", "/free", """{"map":[],"list":{}}""")).IsError(400).Faults);
    }

    [Theory]
    [InlineData("aGk=", 200)]
    [InlineData("", 200)]
    [InlineData("aGk", 400)]
    [InlineData("aG k=", 400)]
    [InlineData("aGk=\n", 400)]
    [InlineData("aGl=", 400)]
    [InlineData("aGk-", 400)]
    public async Task Bytes_are_Base64_and_nothing_else(string text, int status)
    {
        await using var app = await SmallApp.StartAsync(app => app.MapPost("/bytes", (Bytes body) => TypedResults.Ok(body)));
        Assert.Equal(status, (await app.SendAsync("POST", "/bytes", JsonSerializer.Serialize(new { data = text }))).Status);
    }

    [Theory]
    [InlineData("""{"shades":{"dark_green":1},"numbers":{"-7":1},"ids":{"0190f5a6-2c1b-7b6e-9d43-5f0c8a1e2b3d":1},"times":{"2026-05-28T09:30:00Z":1}}""", 200)]
    [InlineData("""{"shades":{"DarkGreen":1}}""", 400)]
    [InlineData("""{"shades":{"5":1}}""", 400)]
    [InlineData("""{"numbers":{"07":1}}""", 400)]
    [InlineData("""{"numbers":{"1.0":1}}""", 400)]
    [InlineData("""{"ids":{"x":1}}""", 400)]
    [InlineData("""{"times":{"2026-05-28":1}}""", 400)]
    public async Task Keys_of_a_dictionary_have_the_form_of_their_type(string json, int status)
    {
        await using var app = await SmallApp.StartAsync(app => app.MapPost("/keys", (Keys body) => TypedResults.Ok(body)));
        Assert.Equal(status, (await app.SendAsync("POST", "/keys", json)).Status);
    }

    [Fact]
    public async Task A_DateTime_means_a_moment_and_is_answered_in_UTC()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapPost("/moment", (Moment body) => TypedResults.Ok(new { body.At, Same = body.At == new DateTime(2026, 5, 28, 7, 30, 0) }));
            app.MapGet("/moment", (DateTime at) => TypedResults.Ok(new { at, kind = at.Kind.ToString() }));
            app.MapGet("/local", () => TypedResults.Ok(new Moment(new DateTime(2026, 5, 28, 7, 30, 0, DateTimeKind.Unspecified))));
        });
        Assert.Equal("""{"at":"2026-05-28T07:30:00.0000000Z","same":true}""",
            (await app.SendAsync("POST", "/moment", """{"at":"2026-05-28T09:30:00+02:00"}""")).Body);
        Assert.Equal("""{"at":"2026-05-28T07:30:00.0000000Z","kind":"Utc"}""", (await app.SendAsync("GET", "/moment?at=2026-05-28T09:30:00%2B02:00")).Body);
        Assert.Equal("""{"at":"2026-05-28T07:30:00.0000000Z","other":null}""", (await app.SendAsync("GET", "/local")).Body);
        (await app.SendAsync("POST", "/moment", """{"at":"2026-05-28T09:30:00"}""")).IsError(400);
    }

    [Fact]
    public async Task Members_of_a_query_are_named_by_the_policy()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapGet("/filter", ([AsParameters] Filter filter) => TypedResults.Ok(filter)).WithStrictQuery();
            app.MapGet("/lenient", ([AsParameters] Filter filter) => TypedResults.Ok(filter));
        });
        Assert.Equal("""{"tag_name":"a","page_size":3,"shade_name":"dark_green"}""",
            (await app.SendAsync("GET", "/filter?tag_name=a&page_size=3&shade_name=dark_green")).Body);
        Assert.Equal("""{"tag_name":null,"page_size":5,"shade_name":null}""", (await app.SendAsync("GET", "/lenient?TagName=a&PageSize=3")).Body);
        Assert.Equal(["page_size must be from 1 to 10"], (await app.SendAsync("GET", "/filter?page_size=0")).IsError(400).Faults);
        Assert.Equal(["page_size must be a whole number", "shade_name must be one of: light_green, dark_green, RAL-9005"],
            (await app.SendAsync("GET", "/filter?page_size=x&shade_name=5")).IsError(400).Faults);
        Assert.Equal(["TagName is not known here; known are page_size, shade_name, tag_name"],
            (await app.SendAsync("GET", "/filter?TagName=a")).IsError(400).Faults);
    }

    [Fact]
    public async Task A_name_that_is_empty_is_told_as_one()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapPost("/bytes", (Bytes body) => TypedResults.Ok(body));
            app.MapGet("/filter", ([AsParameters] Filter filter) => TypedResults.Ok(filter)).WithStrictQuery();
        });
        Assert.Equal(["\"\" is not a member of this object", "data is required"], (await app.SendAsync("POST", "/bytes", """{"":0}""")).IsError(400).Faults);
        var query = (await app.SendAsync("GET", "/filter?=1&page_size=x")).IsError(400);
        Assert.Equal(["\"\" is not known here; known are page_size, shade_name, tag_name", "page_size must be a whole number"], query.Faults);
        Assert.DoesNotContain("The body", query.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_of_path_query_header_and_body_comes_at_once()
    {
        await using var app = await SmallApp.StartAsync(
            app => app.MapPost("/all/{day}", (DateOnly day, int count, [FromHeader(Name = "X-Shade")] Shade shade, Bytes body) => TypedResults.Ok(body)));
        var answer = (await app.SendAsync("POST", "/all/02.03.2026?count=1,5", """{"data":1}""", "application/json", ("X-Shade", "DarkGreen"))).IsError(400);
        Assert.Equal(
            ["X-Shade must be one of: light_green, dark_green, RAL-9005", "count must be a whole number", "data must be Base64 text",
                "day must be a date, such as 2026-05-28"], answer.Faults);
    }

    [Fact]
    public async Task What_is_wrong_with_a_form_is_named()
    {
        await using var app = await SmallApp.StartAsync(app =>
        {
            app.MapPost("/upload", ([FromForm] int count, IFormFile picture) => TypedResults.Ok(count)).DisableAntiforgery();
            app.MapPost("/file", (IFormFile picture) => TypedResults.Ok(picture.Length)).DisableAntiforgery();
        });
        const string Boundary = "multipart/form-data; boundary=b";
        const string Count = "--b\r\nContent-Disposition: form-data; name=\"count\"\r\n\r\n{0}\r\n";
        const string File = "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.txt\"\r\n\r\nhi\r\n";
        Assert.Equal(200, (await app.SendAsync("POST", "/upload", string.Format(null, Count, 3) + File + "--b--", Boundary)).Status);
        Assert.Equal(["count must be a whole number", "picture is required"],
            (await app.SendAsync("POST", "/upload", string.Format(null, Count, "x") + "--b--", Boundary)).IsError(400).Faults);
        Assert.Equal(["count is required"], (await app.SendAsync("POST", "/upload", File + "--b--", Boundary)).IsError(400).Faults);
        Assert.Equal(["picture is required"], (await app.SendAsync("POST", "/file", string.Format(null, Count, 3) + "--b--", Boundary)).IsError(400).Faults);
        Assert.StartsWith("Content-Type", Assert.Single((await app.SendAsync("POST", "/upload", File + "--b--", "multipart/form-data")).IsError(400).Faults),
            StringComparison.Ordinal);
        Assert.NotEmpty((await app.SendAsync("POST", "/upload", "--c\r\n\r\n", Boundary)).IsError(400).Faults);
    }
}
