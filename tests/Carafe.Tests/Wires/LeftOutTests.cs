using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Carafe.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Carafe.Tests.Wires;

public sealed record Event(
    [StringLength(20)] string Title, DateTimeOffset At, EventPart Inner, List<DateTimeOffset> All, Dictionary<DateTimeOffset, DateTimeOffset> Named);

public sealed record EventPart([StringLength(20)] string Title, DateTime At);

public sealed record Note([StringLength(20)] string Title, [StringLength(20)] string? Text = "none");

public sealed class Optional
{
    [StringLength(20)]
    public required string Title { get; set; }

    [StringLength(20)]
    public required string? Note { get; set; }

    public required int? Count { get; set; }

    public required OptionalPair Pair { get; set; }
}

public readonly record struct OptionalPair(string? Text, int Size, int? Depth);

/// <summary>What the wire leaves out is not lost.</summary>
public sealed class LeftOutTests
{
    [Theory]
    [InlineData(TimestampFormat.Rfc3339, 0, "\"2026-05-28T09:30:00Z\"")]
    [InlineData(TimestampFormat.Rfc3339, 3, "\"2026-05-28T09:30:00.123Z\"")]
    [InlineData(TimestampFormat.UnixSeconds, 7, "1779960600")]
    [InlineData(TimestampFormat.UnixMilliseconds, 7, "1779960600123")]
    public async Task What_a_patch_does_not_name_keeps_what_the_wire_does_not_show(TimestampFormat format, int decimals, string number)
    {
        await using var app = await StartAsync(json => (json.Timestamps, json.TimestampDecimals) = (format, decimals)).EnforceContract();
        Assert.Equal("[\"alone\",\"kept\",\"kept\",\"kept\",\"kept\"]", (await app.SendAsync("PATCH", "/event", """{"title":"alone"}""")).Body);
        Assert.Equal("[\"nested\",\"kept\",\"kept\",\"kept\",\"kept\"]",
            (await app.SendAsync("PATCH", "/event", """{"title":"nested","inner":{"title":"b"}}""")).Body);
        Assert.Equal("[\"set\",\"changed\",\"kept\",\"kept\",\"kept\"]",
            (await app.SendAsync("PATCH", "/event", $$"""{"title":"set","at":{{number}}}""")).Body);
        var other = format == TimestampFormat.Rfc3339 ? "1779960600" : "\"2026-05-28T09:30:00Z\"";
        Assert.StartsWith("at must be a timestamp",
            Assert.Single((await app.SendAsync("PATCH", "/event", $$"""{"at":{{other}}}""")).IsError(400).Faults),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_that_is_left_out_is_kept_by_a_patch()
    {
        await using var app = await StartAsync(json => json.Nulls = JsonIgnoreCondition.WhenWritingNull).EnforceContract();
        Assert.Equal("\"no note\"", (await app.SendAsync("PATCH", "/note", """{"title":"b"}""")).Body);
    }

    [Fact]
    public async Task Where_null_is_left_out_callers_may_leave_out_whatever_may_be_null()
    {
        await using var app = await StartAsync(json => json.Nulls = JsonIgnoreCondition.WhenWritingNull).EnforceContract();
        var answer = await app.SendAsync("POST", "/optional", """{"title":"a","pair":{"size":1}}""");
        Assert.Equal((200, """{"title":"a","pair":{"size":1}}"""), (answer.Status, answer.Body));
        Assert.Equal(["pair is required", "title is required"], (await app.SendAsync("POST", "/optional", "{}")).IsError(400).Faults);
        Assert.Equal(["pair.size is required"], (await app.SendAsync("POST", "/optional", """{"title":"a","pair":{}}""")).IsError(400).Faults);
        var schemas = (await DocumentAsync(app))["components"]!["schemas"]!;
        Assert.Equal(["pair", "title"], schemas["Optional"]!["required"]!.AsArray().Select(name => name!.GetValue<string>()).Order());
        Assert.Equal(["size"], schemas["OptionalPair"]!["required"]!.AsArray().Select(name => name!.GetValue<string>()));
    }

    private static async Task<Ok<string[]>> PatchAsync(MergePatch<Event> patch)
    {
        var moment = new DateTimeOffset(2026, 5, 28, 9, 30, 0, TimeSpan.Zero).AddTicks(1_234_567);
        var result = await patch.ApplyToAsync(new Event("a", moment, new EventPart("a", moment.UtcDateTime), [moment], new() { [moment] = moment }));
        var named = result.Named.Single().Key == moment ? result.Named[moment] : default;
        return TypedResults.Ok<string[]>([result.Title, Kept(result.At), Kept(result.Inner.At), Kept(result.All[0]), Kept(named)]);

        string Kept(DateTimeOffset value) => value == moment ? "kept" : "changed";
    }

    private static Task<TestApp> StartAsync(Action<JsonConventionOptions> set) => TestApp.StartAsync((args, setUp) =>
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddRules();
        builder.Services.AddOpenApi(options => options.AddCarafeConventions());
        builder.Services.AddDocs();
        builder.Services.AddJsonConventions(set);
        setUp?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.MapDocs();
        app.MapPatch("/event", PatchAsync);
        app.MapPatch("/note", async (MergePatch<Note> patch) => TypedResults.Ok((await patch.ApplyToAsync(new Note("a", null))).Text ?? "no note"));
        app.MapPost("/optional", (Optional body) => TypedResults.Ok(body));
        return app;
    });

    private static async Task<JsonNode> DocumentAsync(TestApp app) =>
        JsonNode.Parse((await app.Client.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken).Expect(200)).GetRawText())!;
}
