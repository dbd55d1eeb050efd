using System.Text.Json.Nodes;
using Carafe.Tests.OpenApi;

namespace Carafe.Tests.Wires;

public sealed class ErrorFormatTests
{
    public static TheoryData<string, string, string?, int, string> Raisers => new()
    {
        { "GET", "/nothing", null, 404, "There is nothing at this address." },
        { "DELETE", "/books", null, 405, "This address does not answer that method. See the Allow header for those it does." },
        { "get", "/books/1", null, 501, "This server does not know that method. Methods are case-sensitive." },
        { "GET", "/books/2", null, 404, "Book 2 not found" },
        { "GET", "/crash", null, 500, "An unexpected error occurred." },
        { "GET", "/forbidden", null, 403, "Not you." },
        { "GET", "/late", null, 429, "Later." },
        { "GET", "/problem", null, 502, "Out of paper." },
        { "POST", "/books", "", 400, "The body is empty; this address wants JSON." },
        { "POST", "/books", "{", 400, "The body is not valid JSON: line 1, position 2." },
        { "POST", "/books", """{"title":"Tea"}""", 422, "parts is required" },
        { "POST", "/books", """{"title":"T","parts":[]}""", 422, "title must have 2 to 20 characters" },
        { "POST", "/books?copies=x", """{"title":"Tea","parts":[]}""", 422, "copies must be a whole number" },
        { "PUT", "/books/1", """{"title":"Tea","parts":[]}""", 400, "title is already taken" },
    };

    [Theory]
    [MemberData(nameof(Raisers))]
    public async Task Every_error_has_the_apps_format_wherever_it_is_raised(string method, string path, string? body, int status, string detail)
    {
        await using var app = await WireApp.StartJsonApiAsync();
        var answer = await app.SendAsync(method, path, body);
        Assert.Equal((status, WireApp.MediaType), (answer.Status, answer.Headers["Content-Type"]));
        var error = Assert.Single(answer.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal((status.ToString(System.Globalization.CultureInfo.InvariantCulture), detail),
            (error.GetProperty("status").GetString(), error.GetProperty("detail").GetString()));
        Assert.NotEmpty(error.GetProperty("id").GetString()!);
        answer.IsError(status);
    }

    [Fact]
    public async Task A_member_says_where_it_is()
    {
        await using var app = await WireApp.StartJsonApiAsync();
        var answer = await app.SendAsync("POST", "/books?copies=x", """{"title":"T","parts":[{"page_count":"x"}]}""");
        Assert.Equal(["-copies", "/title-", "/parts/0/page_count-"], answer.Json.GetProperty("errors").EnumerateArray()
            .Select(error => error.GetProperty("source"))
            .Select(source => $"{source.GetProperty("pointer").GetString()}-{source.GetProperty("parameter").GetString()}"));
    }

    [Fact]
    public async Task The_document_and_the_tests_follow()
    {
        await using var app = await WireApp.StartJsonApiAsync().EnforceContract();
        var document = await DocumentAsync(app);
        var post = document["paths"]!["/books"]!["post"]!["responses"]!.AsObject();
        Assert.Equal(["201", "400", "406", "413", "415", "422", "500", "503"], post.Select(response => response.Key));
        var content = document["components"]!["responses"]!["NotFound"]!["content"]!;
        Assert.Equal([WireApp.MediaType, "application/problem+json"], content.AsObject().Select(type => type.Key));
        Assert.Equal("#/components/schemas/JsonApiErrors", content[WireApp.MediaType]!["schema"]!["$ref"]!.GetValue<string>());
        Assert.Equal("404", content[WireApp.MediaType]!["example"]!["errors"]![0]!["status"]!.GetValue<string>());
        Assert.Contains("JsonApiError", document["components"]!["schemas"]!.AsObject().Select(schema => schema.Key));
        Assert.Equal("null", document.At("components/schemas/JsonApiError/properties/source/oneOf/0/type"));
        Assert.DoesNotContain("ErrorBody", document["components"]!["schemas"]!.AsObject().Select(schema => schema.Key));

        await app.Client.PostJson("/books", new { title = "T", parts = Array.Empty<object>() }).ExpectError(422, "title");
        await app.Client.PutJson("/books/1", new { title = "Tea", parts = Array.Empty<object>() }).ExpectError(400, "title");
        var error = await app.Client.GetAsync("/books/7", TestContext.Current.CancellationToken).ExpectError(404);
        Assert.Equal(("Not Found", "Book 7 not found"), (error.Error, error.Message));
        await app.Client.GetAsync("/nothing", TestContext.Current.CancellationToken).ExpectError(404);
        await Assert.ThrowsAsync<UnexpectedResponseException>(() => app.Client.PostJson("/books", new { title = "T" }).ExpectError(422, "parts[0]"));
        Assert.Empty(await app.FindUnvalidatedAsync(app.Client));
        var report = await app.ProbeContractAsync(_ => Task.FromResult(app.Client), 300);
        Assert.DoesNotContain(report.Failures, failure => !failure.Contains("/crash", StringComparison.Ordinal)
            && !failure.Contains("/problem", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_that_asks_for_problem_details_gets_them_unless_the_format_says_no()
    {
        await using var app = await WireApp.StartJsonApiAsync();
        var answer = await app.SendAsync("GET", "/books/2", (string?)null, headers: ("Accept", "application/problem+json"));
        Assert.Equal(("application/problem+json", "Book 2 not found"), (answer.Headers["Content-Type"], answer.Json.GetProperty("detail").GetString()));

        await using var closed = await WireApp.StartAsync(builder =>
            builder.Services.AddErrorFormat(JsonApiErrors.From, format => (format.MediaType, format.ProblemDetails) = (WireApp.MediaType, false)));
        answer = await closed.SendAsync("GET", "/books/2", (string?)null, headers: ("Accept", "application/problem+json"));
        Assert.Equal(WireApp.MediaType, answer.Headers["Content-Type"]);
        var document = await DocumentAsync(closed);
        Assert.DoesNotContain("problem+json", document.ToJsonString(), StringComparison.Ordinal);
        Assert.False(document["components"]!["schemas"]!.AsObject().ContainsKey("Problem"));
    }

    [Fact]
    public async Task Statuses_change_without_a_format_too()
    {
        await using var app = await WireApp.StartAsync(builder => builder.Services.Configure<ErrorStatuses>(statuses =>
            (statuses.Validation, statuses.NotFound, statuses.Forbidden) = (422, 410, 404))).EnforceContract();
        await app.Client.PostJson("/books", new { title = "T" }).ExpectError(422, "parts");
        await app.Client.GetAsync("/books/2", TestContext.Current.CancellationToken).ExpectError(410);
        Assert.Equal("Not you.", (await app.SendAsync("GET", "/forbidden")).IsError(404).Message);
    }

    [Fact]
    public async Task Problem_details_are_customized_as_the_platform_says()
    {
        await using var app = await WireApp.StartAsync(builder => builder.Services.AddProblemDetails(options =>
            options.CustomizeProblemDetails = context => context.ProblemDetails.Extensions["node"] = "a1"));
        var answer = await app.SendAsync("GET", "/books/2", (string?)null, headers: ("Accept", "application/problem+json"));
        Assert.Equal("a1", answer.Json.GetProperty("node").GetString());
        Assert.False((await app.SendAsync("GET", "/books/2")).Json.TryGetProperty("node", out _));
    }

    [Fact]
    public async Task A_service_of_the_apps_own_writes_every_error()
    {
        await using var app = await WireApp.StartAsync(builder => builder.Services.AddSingleton<IProblemDetailsService, Terse>());
        foreach (var (method, path, body) in Raisers.Select(row => (row.Data.Item1, row.Data.Item2, row.Data.Item3)))
        {
            var answer = await app.SendAsync(method, path, body);
            Assert.StartsWith($"{answer.Status}: ", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_contradicts_itself_stops_the_start_with_every_error()
    {
        var faults = await SmallApp.FaultsAsync(SmallApp.Build(["--environment", "Testing"], builder =>
        {
            builder.Services.AddErrorFormat(error => new { error.Status }, format => format.MediaType = "text/plain");
            builder.Services.AddErrorFormat<object>(_ => throw new InvalidOperationException("No such error."));
            builder.Services.Configure<ErrorStatuses>(statuses => (statuses.Validation, statuses.Conflict) = (200, 700));
        }));
        Assert.Equal(6, faults.Count);
        Assert.Contains("ErrorStatuses.Validation is 200, which is no error: it must be from 400 to 599.", faults);
        Assert.Contains("ErrorStatuses.Conflict is 700, which is no error: it must be from 400 to 599.", faults);
        Assert.Contains(faults, fault => fault.StartsWith("AddErrorFormat is called 2 times, for ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.EndsWith("""has no place for the message: the body of 500 is {"status":500}.""", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("has the media type 'text/plain', which is not JSON", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.EndsWith("InvalidOperationException: No such error.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_format_that_fails_on_an_error_gives_the_standard_body_and_one_line()
    {
        await using var app = await WireApp.StartAsync(builder => builder.Services.AddErrorFormat(error =>
            error.Status == 404 ? throw new InvalidOperationException("No name for it.") : new { error.Message }));
        var answer = (await app.SendAsync("GET", "/books/2")).IsError(404);
        Assert.Equal(("Book 2 not found", "application/json; charset=utf-8"), (answer.Message, answer.Headers["Content-Type"]));
        var line = Assert.Single(app.Log);
        Assert.Contains("failed on an error 404", line, StringComparison.Ordinal);
        Assert.Contains("No name for it.", line, StringComparison.Ordinal);
        Assert.Equal("""{"message":"Not you."}""", (await app.SendAsync("GET", "/forbidden")).Body);
    }

    [Fact]
    public async Task A_format_is_tried_with_a_parameter_and_with_a_reason()
    {
        var faults = await SmallApp.FaultsAsync(SmallApp.Build(["--environment", "Testing"], builder =>
        {
            builder.Services.AddErrorFormat(error => new { error.Message, Length = error.Members.Sum(member => member.JsonPointer!.Length) });
            builder.Services.AddErrorFormat(error => new { Text = error.Reason ?? error.Message });
        }));
        Assert.Contains(faults, fault => fault.Contains("cannot be made of error 400: NullReferenceException", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("has no place for the message: the body of 401 with a reason", StringComparison.Ordinal));
    }

    private static async Task<JsonNode> DocumentAsync(TestApp app) =>
        JsonNode.Parse((await app.Client.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken).Expect(200)).GetRawText())!;

    private sealed class Terse : IProblemDetailsService
    {
        public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
        {
            await WriteAsync(context);
            return true;
        }

        public ValueTask WriteAsync(ProblemDetailsContext context) =>
            new(context.HttpContext.Response.WriteAsync($"{context.HttpContext.Response.StatusCode}: {context.ProblemDetails.Detail}"));
    }
}
