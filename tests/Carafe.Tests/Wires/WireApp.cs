using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Carafe.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Carafe.Tests.Wires;

/// <summary>Error objects as in JSON:API 1.1.</summary>
internal sealed record JsonApiErrors(IReadOnlyList<JsonApiError> Errors)
{
    public static JsonApiErrors From(ErrorDetails error) => new(error.Members.Count == 0
        ? [new JsonApiError(Number(error), error.Title, error.Message, error.Reason, error.TraceId)]
        : [.. error.Members.Select(member => new JsonApiError(Number(error), error.Title, $"{member.Name} {member.Message}", error.Reason, error.TraceId)
        {
            Source = new JsonApiSource(member.JsonPointer, member.Source == ErrorSource.Query ? member.Name : null),
        })]);

    private static string Number(ErrorDetails error) => error.Status.ToString(CultureInfo.InvariantCulture);
}

internal sealed record JsonApiError(string Status, string Title, string Detail, string? Code, string? Id)
{
    public JsonApiSource? Source { get; init; }
}

internal sealed record JsonApiSource(string? Pointer, string? Parameter);

public sealed record NewBook([StringLength(20, MinimumLength = 2)] string Title, List<BookPart> Parts);

public sealed record BookPart([Range(1, 10)] int PageCount);

/// <summary>An app that raises errors in every way, with the options of a test.</summary>
internal static class WireApp
{
    public const string MediaType = "application/vnd.api+json";

    public static Task<TestApp> StartAsync(Action<WebApplicationBuilder>? configure = null) => TestApp.StartAsync(Create, configure);

    public static Task<TestApp> StartJsonApiAsync() => StartAsync(builder =>
    {
        builder.Services.AddErrorFormat(JsonApiErrors.From, format => format.MediaType = MediaType);
        builder.Services.Configure<ErrorStatuses>(statuses => (statuses.Validation, statuses.Conflict) = (422, 400));
    });

    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddRules();
        builder.Services.AddOpenApi(options => options.AddCarafeConventions());
        builder.Services.AddDocs();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.MapDocs();
        app.MapPost("/books", (NewBook book, int copies = 1) => TypedResults.Created("/books/1", book));
        app.MapGet("/books/{id:int}", GetBook);
        app.MapPut("/books/{id:int}", Taken).ProducesErrors(409);
        app.MapGet("/crash", () => { throw new InvalidOperationException("secret"); });
        app.MapGet("/forbidden", void () => throw Abort.Forbidden("Not you.")).ProducesErrors(403);
        app.MapGet("/late", void () => throw Abort.With(new ApiError(429, "Later.") { RetryAfter = TimeSpan.FromSeconds(3) })).ProducesErrors(429);
        app.MapGet("/problem", () => TypedResults.Problem("Out of paper.", statusCode: 502)).ProducesErrors(502);
        return app;
    }

    internal static Results<Ok<NewBook>, NotFound<string>> GetBook(int id) =>
        id == 1 ? TypedResults.Ok(new NewBook("Tea", [])) : TypedResults.NotFound($"Book {id} not found");

    internal static Ok<NewBook> Taken(int id, NewBook book) => throw Abort.Conflict("is already taken", "title");
}
