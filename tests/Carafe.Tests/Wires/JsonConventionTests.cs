using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Carafe.OpenApi;
using Carafe.Tests.OpenApi;

namespace Carafe.Tests.Wires;

public enum TeaKind
{
    GreenTea,
    BlackTea,
}

public sealed record Brew(
    [StringLength(20, MinimumLength = 2)] string TeaName, TeaKind TeaKind, DateTimeOffset BrewedAt, long CupCount, decimal Price, string? NoteText, int? Rest);

public sealed record Clash(string TeaName, string Tea_Name);

public enum ClashKind
{
    A_B,
    AB,
}

public sealed class JsonConventionTests
{
    private const string Good =
        """{"teaName":"Oolong","teaKind":"GREEN-TEA","brewedAt":"2026-05-28T09:30:00.123Z","cupCount":"7","price":"2.50","extra":1}""";

    [Fact]
    public async Task Every_convention_is_on_the_wire_in_the_errors_and_in_the_document()
    {
        await using var app = await StartAsync(json =>
        {
            json.NamingPolicy = JsonNamingPolicy.CamelCase;
            json.EnumNamingPolicy = JsonNamingPolicy.KebabCaseUpper;
            json.TimestampDecimals = 3;
            json.UnknownMembers = JsonUnmappedMemberHandling.Skip;
            json.Numbers = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString;
            json.Nulls = JsonIgnoreCondition.WhenWritingNull;
            json.MediaType = "application/vnd.tea+json";
        }).EnforceContract();
        var answer = await app.SendAsync("POST", "/brews", Good, "application/vnd.tea+json");
        Assert.Equal("""{"teaName":"Oolong","teaKind":"GREEN-TEA","brewedAt":"2026-05-28T09:30:00.123Z","cupCount":"7","price":"2.50"}""", answer.Body);
        Assert.Equal((200, "application/vnd.tea+json"), (answer.Status, answer.Headers["Content-Type"]));
        Assert.Equal(200, (await app.SendAsync("POST", "/brews", Good)).Status);

        answer = await app.SendAsync("POST", "/brews", """{"teaName":"x","teaKind":"green_tea","brewedAt":1,"cupCount":"07","price":" 1"}""");
        Assert.Equal(
            ["brewedAt must be a timestamp with an offset, such as 2026-05-28T09:30:00Z", "cupCount must be a whole number", "price must be a number",
                "teaKind must be one of: GREEN-TEA, BLACK-TEA", "teaName must have 2 to 20 characters"],
            answer.IsError(400).Faults);
        answer = await app.SendAsync("POST", "/brews", "{}");
        Assert.Equal(["brewedAt", "cupCount", "price", "teaKind", "teaName"], answer.Faults.Select(fault => fault.Split(' ')[0]));

        Assert.Equal("BLACK-TEA 3", (await app.SendAsync("GET", "/find?teaKind=BLACK-TEA&cupCount=3")).Json.GetString());
        Assert.Equal(["teaKind must be one of: GREEN-TEA, BLACK-TEA"], (await app.SendAsync("GET", "/find?teaKind=black_tea&cupCount=3")).Faults);
        Assert.Equal("application/vnd.tea+json", (await app.SendAsync("POST", "/brews", "x", "text/plain")).Headers["Accept-Post"]);

        var patched = await app.SendAsync("PATCH", "/brews", """{"cupCount":"9"}""", "application/vnd.tea+json");
        Assert.Equal("""{"teaName":"Sencha","teaKind":"GREEN-TEA","brewedAt":"1970-01-01T00:00:00.000Z","cupCount":"9","price":"1"}""", patched.Body);

        var document = await DocumentAsync(app);
        var post = document["paths"]!["/brews"]!["post"]!;
        Assert.Equal(["application/vnd.tea+json"], post["requestBody"]!["content"]!.AsObject().Select(type => type.Key));
        Assert.Equal(["application/vnd.tea+json"], post["responses"]!["200"]!["content"]!.AsObject().Select(type => type.Key));
        var brew = document["components"]!["schemas"]!["Brew"]!;
        Assert.Equal(["teaName", "teaKind", "brewedAt", "cupCount", "price", "noteText", "rest"], brew["properties"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["brewedAt", "cupCount", "price", "teaKind", "teaName"], brew["required"]!.AsArray().Select(name => name!.GetValue<string>()).Order());
        Assert.Equal("""["integer","string"]""", brew["properties"]!["cupCount"]!["type"]!.ToJsonString());
        Assert.Equal("GREEN-TEA", document.At("components/schemas/TeaKind/enum/0"));
        Assert.Equal(["teaKind", "cupCount"], document["paths"]!["/find"]!["get"]!["parameters"]!.AsArray().Select(parameter => parameter!.At("name")!));
        Assert.Equal("integer", document["paths"]!["/find"]!["get"]!["parameters"]![1]!["schema"]!.At("type"));

        await app.Client.PostJson("/brews", new Brew("Assam", TeaKind.BlackTea, app.Clock.GetUtcNow(), 1, 2, null, 3)).Expect<Brew>(200);
        Assert.Equal(["POST /moment: its body has no member with a rule"], await app.FindUnvalidatedAsync(app.Client));
        Assert.Empty((await app.ProbeContractAsync(_ => Task.FromResult(app.Client), 300)).Failures);
    }

    [Theory]
    [InlineData(TimestampFormat.UnixSeconds, "1779960600", "whole seconds")]
    [InlineData(TimestampFormat.UnixMilliseconds, "1779960600123", "whole milliseconds")]
    public async Task Timestamps_are_numbers_where_the_app_says_so(TimestampFormat format, string number, string unit)
    {
        await using var app = await StartAsync(json => json.Timestamps = format).EnforceContract();
        var answer = await app.SendAsync("POST", "/moment", $$"""{"at":{{number}},"by_at":{"{{number}}":1} }""");
        Assert.Equal($$"""{"at":{{number}},"by_at":{"{{number}}":1}""" + "}", answer.Body);
        Assert.Equal(200, (await app.SendAsync("GET", $"/since?at={number}")).Status);
        foreach (var wrong in (string[])["\"2026-05-28T09:30:00Z\"", "1.5", "99999999999999999", "-99999999999999999", "null"])
        {
            Assert.StartsWith("at ", Assert.Single((await app.SendAsync("POST", "/moment", $$"""{"at":{{wrong}},"by_at":{} }""")).IsError(400).Faults),
                StringComparison.Ordinal);
        }

        Assert.Contains(unit, (await app.SendAsync("GET", "/since?at=2026-05-28T09:30:00Z")).Faults[0], StringComparison.Ordinal);
        Assert.Equal("integer", (await DocumentAsync(app)).At("components/schemas/Moment/properties/at/type"));
    }

    [Fact]
    public async Task A_naming_policy_of_the_platforms_own_options_is_followed_too()
    {
        await using var app = await StartAsync(_ => { }, builder =>
            builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase)).EnforceContract();
        Assert.Equal(["teaKind must be one of: greenTea, blackTea"], (await app.SendAsync("GET", "/find?teaKind=GreenTea&cupCount=3")).IsError(400).Faults);
    }

    [Fact]
    public async Task What_contradicts_itself_stops_the_start_with_every_error()
    {
        var faults = await SmallApp.FaultsAsync(SmallApp.Build(["--environment", "Testing"], builder => builder.Services.AddJsonConventions(json =>
        {
            json.NamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.EnumNamingPolicy = new Plain();
            json.TimestampDecimals = 8;
            json.Timestamps = (TimestampFormat)9;
            json.Numbers = JsonNumberHandling.WriteAsString;
            json.Nulls = JsonIgnoreCondition.Always;
            json.MediaType = "text/html";
        }), app => app.MapPost("/clash", (Clash body) => TypedResults.Ok())));
        Assert.Equal(
            [
                "JsonConventionOptions.Timestamps is 9, which is no format.",
                "JsonConventionOptions.TimestampDecimals is 8: it must be from 0 to 7.",
                "JsonConventionOptions.Numbers writes numbers as text and does not read them so: add AllowReadingFromString.",
                "JsonConventionOptions.Nulls is Always: it must be Never or WhenWritingNull.",
                "JsonConventionOptions.MediaType is 'text/html', which is not JSON: use application/json or one that ends in +json.",
            ],
            faults.Where(fault => fault.StartsWith("JsonConventionOptions", StringComparison.Ordinal)));
        Assert.Contains("Clash", Assert.Single(faults, fault => fault.Contains("collides", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_names_that_become_one_stop_the_start()
    {
        var faults = await SmallApp.FaultsAsync(SmallApp.Build(["--environment", "Testing"], builder => builder.Services.AddJsonConventions(json =>
            json.EnumNamingPolicy = new Plain()),
            app => app.MapGet("/clash", (ClashKind kind, int pageSize, int page_size) => TypedResults.Ok(new Clash("", "")))));
        Assert.Equal(
            [
                "Clash has TeaName and Tea_Name, which are both 'tea_name' on the wire.",
                "GET /clash reads pageSize and page_size, which are both 'page_size' on the wire.",
            ],
            faults.Where(fault => !fault.StartsWith("ClashKind", StringComparison.Ordinal)));
        Assert.Equal("ClashKind has A_B and AB, which are both 'AB' on the wire.",
            Assert.Single(faults, fault => fault.StartsWith("ClashKind", StringComparison.Ordinal)));
    }

    private static Task<TestApp> StartAsync(Action<JsonConventionOptions> set, Action<WebApplicationBuilder>? configure = null) =>
        TestApp.StartAsync((args, setUp) => Create(args, builder =>
        {
            builder.Services.AddJsonConventions(set);
            configure?.Invoke(builder);
            setUp?.Invoke(builder);
        }));

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder> configure)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddRules();
        builder.Services.AddOpenApi(options => options.AddCarafeConventions());
        builder.Services.AddDocs();
        configure(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.MapDocs();
        app.MapPost("/brews", (Brew body) => TypedResults.Ok(body));
        app.MapPatch("/brews", async (MergePatch<Brew> patch) =>
            TypedResults.Ok(await patch.ApplyToAsync(new Brew("Sencha", TeaKind.GreenTea, DateTimeOffset.UnixEpoch, 1, 1, null, null))));
        app.MapGet("/find", (TeaKind teaKind, int cupCount) => TypedResults.Ok($"{(teaKind == TeaKind.BlackTea ? "BLACK-TEA" : "GREEN-TEA")} {cupCount}"));
        app.MapPost("/moment", (Moment body) => TypedResults.Ok(body));
        app.MapGet("/since", (DateTimeOffset at) => TypedResults.Ok(at));
        return app;
    }

    private static async Task<JsonNode> DocumentAsync(TestApp app) =>
        JsonNode.Parse((await app.Client.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken).Expect(200)).GetRawText())!;

    private sealed class Plain : JsonNamingPolicy
    {
        public override string ConvertName(string name) => name.Replace("_", "", StringComparison.Ordinal);
    }
}

public sealed record Moment(DateTime At, Dictionary<DateTimeOffset, int> ByAt);
