using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Carafe.Tests.Http;

/// <summary>A blueprint's JSON leaves in one piece, and is otherwise what the platform writes.</summary>
public sealed class JsonAnswerTests
{
    [Theory]
    [InlineData("ok")]
    [InlineData("created")]
    [InlineData("either")]
    [InlineData("declared")]
    [InlineData("kinds")]
    [InlineData("text")]
    [InlineData("nothing")]
    [InlineData("long")]
    public async Task A_blueprint_answers_what_the_platform_does(string path)
    {
        await using var app = await StartAsync();
        var (whole, plain) = (await app.SendAsync("GET", $"/whole/{path}"), await app.SendAsync("GET", $"/plain/{path}"));
        Assert.Equal((plain.Status, plain.Body), (whole.Status, whole.Body));
        Assert.Equal(plain.Headers.GetValueOrDefault("Content-Type"), whole.Headers.GetValueOrDefault("Content-Type"));
        Assert.Equal(plain.Headers.GetValueOrDefault("Location"), whole.Headers.GetValueOrDefault("Location"));
    }

    [Theory]
    [InlineData("ok")]
    [InlineData("created")]
    [InlineData("either")]
    [InlineData("long")]
    public async Task Its_length_is_told_and_HEAD_tells_the_same(string path)
    {
        await using var app = await StartAsync();
        var answer = await app.SendAsync("GET", $"/whole/{path}");
        Assert.Equal($"{System.Text.Encoding.UTF8.GetByteCount(answer.Body)}", answer.Headers["Content-Length"]);
        Assert.DoesNotContain("Transfer-Encoding", answer.Headers.Keys);
        var head = await app.SendAsync("HEAD", $"/whole/{path}");
        Assert.Equal(("", answer.Headers["Content-Length"]), (head.Body, head.Headers["Content-Length"]));
    }

    [Theory]
    [InlineData("one-by-one", "[1,2]")]
    [InlineData("within", """{"name":"n","items":[1,2]}""")]
    public async Task What_gives_its_items_one_by_one_still_streams(string path, string body)
    {
        await using var app = await StartAsync();
        var answer = await app.SendAsync("GET", $"/whole/{path}");
        Assert.Equal((200, body, "chunked"), (answer.Status, answer.Body, answer.Headers["Transfer-Encoding"]));
    }

    [Fact]
    public async Task A_compressed_answer_does_not_claim_the_length_of_its_plain_text()
    {
        await using var app = await StartAsync();
        var answer = await app.SendAsync("GET", "/whole/long", headers: ("Accept-Encoding", "gzip"));
        Assert.Equal("gzip", answer.Headers["Content-Encoding"]);
        Assert.DoesNotContain("Content-Length", answer.Headers.Keys);
    }

    [Fact]
    public async Task A_value_that_cannot_be_written_is_500_however_late_it_fails()
    {
        await using var app = await StartAsync();
        (await app.SendAsync("GET", "/whole/broken")).IsError(500);
        (await app.SendAsync("GET", "/whole/broken-late")).IsError(500);
        Assert.Equal(200, (await app.SendAsync("GET", "/whole/ok")).Status);
    }

    private static Task<TestApp> StartAsync() => SmallApp.StartAsync(
        app =>
        {
            app.MapBlueprint<Whole>("/whole");
            Whole.Map(app.MapGroup("/plain"));
        },
        listen: true);

    private sealed class Whole : IBlueprint
    {
        public static string Name => "whole";

        public static void Map(RouteGroupBuilder routes)
        {
            routes.MapGet("/ok", () => TypedResults.Ok(new Thing("é \"quoted\" <b>", 1)));
            routes.MapGet("/created", async Task<Created<Thing>> () => await Task.FromResult(TypedResults.Created("/things/1", new Thing("new", 1))));
            routes.MapGet("/either", Results<Ok<Thing>, NotFound> () => TypedResults.Ok(new Thing("either", 1)));
            routes.MapGet("/declared", () => TypedResults.Ok<Thing>(new Larger("larger", 1, true)));
            routes.MapGet("/kinds", () => TypedResults.Ok<Kind>(new Cat(9)));
            routes.MapGet("/text", () => TypedResults.Ok("text"));
            routes.MapGet("/nothing", () => TypedResults.Ok<Thing>(null));
            routes.MapGet("/long", () => TypedResults.Ok(Enumerable.Range(0, 20_000).Select(number => new Thing("long", number)).ToArray()));
            routes.MapGet("/one-by-one", () => TypedResults.Ok(Numbers()));
            routes.MapGet("/within", () => TypedResults.Ok(new Streamed("n", Numbers())));
            routes.MapGet("/broken", () => TypedResults.Ok(new Broken("")));
            routes.MapGet("/broken-late", () => TypedResults.Ok(new Broken(new string('x', 100_000))));
        }

        private static async IAsyncEnumerable<int> Numbers()
        {
            yield return 1;
            await Task.Yield();
            yield return 2;
        }
    }

    private record Thing(string Name, int Number);

    private sealed record Larger(string Name, int Number, bool More) : Thing(Name, Number);

    [JsonDerivedType(typeof(Cat), "cat")]
    private abstract record Kind;

    private sealed record Cat(int Lives) : Kind;

    private sealed record Streamed(string Name, IAsyncEnumerable<int> Items);

    private sealed record Broken(string First)
    {
        public string Second => throw new InvalidOperationException(First);
    }
}
