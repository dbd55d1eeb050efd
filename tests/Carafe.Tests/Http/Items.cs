using Carafe.Tests.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Carafe.Tests.Http;

/// <summary>A small app to ask: one of each sort of answer.</summary>
internal static class Items
{
    public const string Line = """{"product_title":"Tea","count":1}""";

    public static void Map(WebApplication app)
    {
        app.MapHealth();
        app.MapGet("/items/{id:int}", Get);
        app.MapDelete("/items/{id:int}", Delete);
        app.MapPost("/items", Post);
        app.MapPost("/large", Post).WithMetadata(new RequestSizeLimitAttribute(1_000_000));
        app.MapGet("/results/{status:int}", Any);
        app.MapGet("/crash", Crash);
        app.MapGet("/endless", EndlessAsync);
        app.MapGet("/parts", () => TypedResults.Bytes(new byte[5_000], "text/plain", enableRangeProcessing: true, entityTag: new("\"1\"")));
        app.MapGet("/whole", () => TypedResults.Bytes(new byte[5_000], "text/plain"));
    }

    private static Results<Ok<OrderLine>, NotFound<string>> Get(int id) =>
        id == 1 ? TypedResults.Ok(new OrderLine("Tea", 1)) : TypedResults.NotFound($"Item {id} not found");

    private static NoContent Delete(int id) => id > 0 ? TypedResults.NoContent() : throw new InvalidOperationException();

    private static Ok<OrderLine> Post(OrderLine line) => TypedResults.Ok(line);

    private static Results<BadRequest<string>, Conflict<string>, UnprocessableEntity<string>, ValidationProblem, ProblemHttpResult> Any(int status) =>
        status switch
        {
            400 => TypedResults.BadRequest("no"),
            409 => TypedResults.Conflict("no"),
            422 => TypedResults.UnprocessableEntity("no"),
            1 => TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["Title"] = ["is no title"] }),
            _ => TypedResults.Problem("no", statusCode: status),
        };

    private static Ok Crash() => throw new InvalidOperationException("Server=db;Password=hunter2");

    private static async Task<Ok> EndlessAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return TypedResults.Ok();
    }
}
