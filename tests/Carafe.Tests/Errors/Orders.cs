using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Carafe.Tests.Errors;

public enum OrderKind
{
    Standard,
    NextDay,
}

/// <summary>A body with one member of every sort.</summary>
public record NewOrder(
    [Required, StringLength(20, MinimumLength = 2)] string CustomerName,
    [Range(0, 1_000_000)] decimal Price,
    List<OrderLine> Items,
    int Quantity = 1,
    OrderKind Kind = OrderKind.Standard,
    DateTimeOffset? DueAt = null,
    double? Weight = null,
    long? Big = null,
    bool Gift = false,
    Guid? Reference = null,
    DateOnly? Day = null,
    Dictionary<string, int>? Scores = null,
    [property: JsonPropertyName("e-mail")][Email] string? EmailAddress = null,
    [Username] string? Login = null,
    [Slug] string? Address = null,
    [HttpUrl] string? Home = null,
    [TextLength(5)] string? Note = null) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == OrderKind.NextDay && DueAt is not null)
        {
            yield return new ValidationResult("must be absent for the next day", [nameof(DueAt)]);
        }
    }
}

public record OrderLine([StringLength(10, MinimumLength = 1)] string ProductTitle, int Count);

public record Search([FromQuery(Name = "search_term")] string Term, int? Page, [FromHeader(Name = "X-Tenant")] int Tenant);

internal static class Orders
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/orders", Create);
        app.MapPost("/orders/{id:int}/lines", AddLine);
        app.MapPost("/lists", AddAll);
        app.MapGet("/orders", Find);
        app.MapGet("/numbers", Numbers);
        app.MapGet("/many", Many);
    }

    internal static Ok<NewOrder> Create(NewOrder order) => TypedResults.Ok(order);

    internal static Ok<OrderLine> AddLine(int id, [FromQuery(Name = "dry_run")] bool dryRun, OrderLine line) =>
        TypedResults.Ok(line with { Count = dryRun ? 0 : id });

    internal static Ok<int> AddAll(List<OrderLine> lines) => TypedResults.Ok(lines.Count);

    internal static Ok<Search> Find([AsParameters] Search search) => TypedResults.Ok(search);

    internal static Ok<int> Numbers(int first, int second, [Range(1, 5)] int third = 1) => TypedResults.Ok(first + second + third);

    internal static Ok<int> Many(int[] id, string? q) => TypedResults.Ok(id.Length + (q?.Length ?? 0));
}
