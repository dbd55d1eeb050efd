using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Carafe.Tests.Http;

public sealed class JsonCorpusTests
{
    [Fact]
    public async Task Text_that_is_not_json_is_400_wherever_it_is_sent()
    {
        await using var app = await SmallApp.StartAsync(Map);
        foreach (var body in JsonCorpus.Bad)
        {
            foreach (var path in new[] { "/element", "/typed" })
            {
                var answer = await app.SendAsync("POST", path, body);
                Assert.True(answer.Status == 400, $"{path} {System.Text.Encoding.Latin1.GetString(body)}");
                answer.IsError(400);
            }
        }
    }

    [Fact]
    public async Task Json_is_never_called_malformed()
    {
        await using var app = await SmallApp.StartAsync(Map);
        foreach (var body in JsonCorpus.Good)
        {
            Assert.Contains((await app.SendAsync("POST", "/element", body)).Status, body.Contains("\\u0000", StringComparison.Ordinal)
                ? [200, 400]
                : new[] { 200 });
            var typed = await app.SendAsync("POST", "/typed", body);
            Assert.True(typed.Status == 200 || !typed.IsError(400).Message.Contains("not valid JSON", StringComparison.Ordinal), body);
        }
    }

    [Fact]
    public async Task Doubtful_json_is_read_or_refused_and_never_a_failure()
    {
        await using var app = await SmallApp.StartAsync(Map);
        foreach (var body in JsonCorpus.Either)
        {
            foreach (var path in new[] { "/element", "/typed", "/doubles", "/texts" })
            {
                var answer = await app.SendAsync("POST", path, body);
                _ = answer.Status == 200 ? answer : answer.IsError(400);
            }
        }
    }

    [Fact]
    public async Task Huge_values_are_answered()
    {
        await using var app = await SmallApp.StartAsync(Map);
        (await app.SendAsync("POST", "/doubles", "[" + new string('1', 900_000) + "]")).IsError(400);
        (await app.SendAsync("POST", "/element", new string('[', 100_000) + new string(']', 100_000))).IsError(400);
        Assert.Equal(200, (await app.SendAsync("POST", "/texts", "[\"" + new string('x', 900_000) + "\"]")).Status);
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/element", Element);
        app.MapPost("/typed", Typed);
        app.MapPost("/doubles", Doubles);
        app.MapPost("/texts", Texts);
    }

    private static Ok Element(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? throw new InvalidOperationException() : TypedResults.Ok();

    private static Ok Typed(Thing thing) => thing.Id > 0 ? TypedResults.Ok() : TypedResults.Ok();

    private static Ok<int> Doubles(List<double> numbers) => TypedResults.Ok(numbers.Count);

    private static Ok<int> Texts(List<string> texts) => TypedResults.Ok(texts.Count);

    public record Thing(int Id = 0, string? Title = null, string? Asd = null);
}
