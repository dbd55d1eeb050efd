using System.ComponentModel.DataAnnotations;
using Carafe.Tests.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

/// <summary>The app that is asked, and what it is made of.</summary>
public sealed partial class HttpTests
{
    private static void Map(WebApplication app)
    {
        app.MapHealth();
        app.MapGet("/items/{id:int}", Get);
        app.MapDelete("/items/{id:int}", Delete);
        app.MapPost("/items", Post);
        app.MapPost("/large", Post).WithMetadata(new RequestSizeLimitAttribute(1_000_000));
        app.MapGet("/results/{status:int}", Any);
        app.MapGet("/crash", Crash);
        app.MapGet("/endless", EndlessAsync);
    }

    private static Results<Ok<OrderLine>, NotFound<string>> Get(int id) => id == 1 ? TypedResults.Ok(new OrderLine("Tea", 1)) : TypedResults.NotFound($"Item {id} not found");

    private static NoContent Delete(int id) => id > 0 ? TypedResults.NoContent() : throw new InvalidOperationException();

    private static Ok<OrderLine> Post(OrderLine line) => TypedResults.Ok(line);

    private static Results<BadRequest<string>, Conflict<string>, UnprocessableEntity<string>, ValidationProblem, ProblemHttpResult> Any(int status) => status switch
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

    internal sealed record Hidden([StringLength(3)] string Title);

    private sealed class Lines : ILoggerProvider
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<(string Category, string Text)> _lines = [];

        public string[] Of(string category) => [.. _lines.Where(line => line.Category.StartsWith(category, StringComparison.Ordinal)).Select(line => line.Text)];

        public ILogger CreateLogger(string categoryName) => new Category(categoryName, this);

        public void Dispose()
        {
        }

        private sealed class Category(string name, Lines lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines._lines.Enqueue((name, formatter(state, exception)));
        }
    }
}
