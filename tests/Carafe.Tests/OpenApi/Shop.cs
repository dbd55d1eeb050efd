using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Carafe.Data;
using Carafe.OpenApi;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Carafe.Tests.OpenApi;

/// <summary>A small app that has one of everything a document must tell.</summary>
public static class Shop
{
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddRules();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication("nobody").AddScheme<AuthenticationSchemeOptions, NobodyHandler>("nobody", null);
        builder.Services.AddOpenApi(options => options.AddCarafeConventions(info =>
        {
            info.Title = "Shop";
            info.Contact = new() { Name = "The shop", Url = new("https://shop.test") };
            info.License = new() { Name = "MIT", Identifier = "MIT" };
        }));
        builder.Services.AddDocs();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.UseAuthentication();
        app.UseAuthorization();
        var docs = app.MapDocs();
        if (app.Configuration["DOCS_CLOSED"] is not null)
        {
            docs.RequireAuthorization();
        }

        app.MapGet("/", () => "hello");
        app.MapBlueprint<CupsBlueprint>("/cups");
        return app;
    }
}

internal sealed class NobodyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
}

/// <summary>The cups: anyone may look.</summary>
public sealed class CupsBlueprint : IBlueprint
{
    public static string Name => "cups";

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/", ListCups);
        group.MapGet("/{id:int}", GetCup);
        group.MapGet("/{id:int}/maker", GetMaker).Produces<Maker>();
        group.MapPost("/", CreateCup).RequireAuthorization().ProducesErrors(409);
        group.MapPut("/{id:int}", UpdateCup).RequireAuthorization(policy => policy.RequireRole("admin"));
        group.MapDelete("/{id:int}", DeleteCup).RequireAuthorization();
        group.MapGet("/{id:int}/photo", Photo);
        group.MapGet("/search", Search);
        group.MapGet("/all", Search).WithName("cups.All").WithDeprecation(DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000),
            DateTimeOffset.UnixEpoch.AddDays(22_000), new("https://shop.test/news"));
        group.MapGet("/found", Search).WithName("cups.Found").WithDeprecation(DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000));
    }

    /// <summary>List cups.</summary>
    /// <remarks>The newest come first.</remarks>
    internal static Ok<Paged<Cup>> ListCups(PageQuery page) =>
        TypedResults.Ok(new Paged<Cup>([new Cup(page.Page, "a", 1.5m, Glaze.DeepBlue, null, DateTimeOffset.UnixEpoch)]) { Page = 1, Pages = 1, Total = 1 });

    /// <summary>Fetch a cup.</summary>
    /// <param name="id">Its number.</param>
    internal static Results<Ok<Cup>, NotFound<string>> GetCup(int id)
    {
        // A lie, for the tests of the tests.
        if (id == 418)
        {
            throw Abort.With(new ApiError(418));
        }

        return id == 1 ? TypedResults.Ok(new Cup(1, "a", 1.5m, Glaze.White, new Maker("b", null), DateTimeOffset.UnixEpoch)) : TypedResults.NotFound("No cup");
    }

    /// <summary>Says that it answers a maker, and answers another thing.</summary>
    internal static IResult GetMaker(int id) => id == 1 ? TypedResults.Ok(new Maker("b", null)) : TypedResults.Json(new { town = "c", price = 3 });

    /// <summary>Make a cup.</summary>
    internal static Created<Cup> CreateCup(CupRequest cup) =>
        TypedResults.Created("/cups/1", new Cup(1, cup.Name, cup.Price, cup.Glaze, null, DateTimeOffset.UnixEpoch));

    /// <summary>Change a cup.</summary>
    internal static Ok<Cup> UpdateCup(int id, CupRequest cup) => TypedResults.Ok(new Cup(id, cup.Name, cup.Price, cup.Glaze, null, DateTimeOffset.UnixEpoch));

    /// <summary>Drop a cup.</summary>
    internal static NoContent DeleteCup(int id) => id == 1 ? TypedResults.NoContent() : throw Abort.NotFound();

    /// <summary>A cup's photo.</summary>
    internal static Results<PhysicalFileHttpResult, NotFound> Photo(int id) => id == 1 ? TypedResults.NotFound() : TypedResults.NotFound();

    /// <summary>Search cups.</summary>
    internal static Ok<IReadOnlyList<Cup>> Search(string name, [Range(1, 10)] int limit = 5, Glaze? glaze = null) => TypedResults.Ok<IReadOnlyList<Cup>>([]);
}

public enum Glaze
{
    White,
    DeepBlue,
}

/// <summary>Who made it.</summary>
public sealed record Maker(string Name, string? Town);

/// <summary>A cup.</summary>
[Carafe.Data.ListName("cups")]
public sealed record Cup(int Id, string Name, decimal Price, Glaze Glaze, Maker? Maker, DateTimeOffset MadeAt)
{
    /// <summary>For the owner only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public bool Fragile { get; init; } = true;
}

/// <summary>What is given for a cup.</summary>
public sealed record CupRequest(
    [property: StringLength(80, MinimumLength = 1)] string Name,
    [property: Range(0, 1000)] decimal Price,
    Glaze Glaze = Glaze.White,
    string? Note = null,
    [property: Range(0, int.MaxValue)] int Stock = 0);
