#:sdk Microsoft.NET.Sdk.Web
#:package Carafe.App@*-*
#:property PublishAot=false

// Shortens links: a database, a unique name, a count that is right under load, a redirect.
return await CarafeApp.RunAsync(args, (args, configure) =>
{
    var builder = CarafeApp.CreateBuilder(args);
    builder.Services.AddDatabase<LinksDb>().AddValidation();
    configure?.Invoke(builder);

    var app = builder.Build();
    app.UseCarafe();
    app.MapPost("/links", async (LinkRequest given, LinksDb db) =>
    {
        db.Add(new Link { Name = given.Name, Target = given.Target });
        await db.SaveChangesAsync();
        return TypedResults.Created($"/{given.Name}", new LinkResponse(given.Name, given.Target, 0));
    }).ProducesErrors(409);
    app.MapGet("/links/{name}", async (string name, LinksDb db) => await db.Links.Where(link => link.Name == name)
        .Select(link => new LinkResponse(link.Name, link.Target, link.Visits)).FirstOr404Async($"Link '{name}' not found"));
    app.MapGet("/{name}", async (string name, LinksDb db) =>
    {
        var link = await db.Links.AsNoTracking().FirstOr404Async(link => link.Name == name, $"Link '{name}' not found");
        await db.Links.Where(row => row.Id == link.Id).ExecuteUpdateAsync(row => row.SetProperty(found => found.Visits, found => found.Visits + 1));
        return TypedResults.Redirect(link.Target);
    });
    return app;
});

public record LinkRequest([property: TextLength(1, 40)] string Name, [property: HttpUrl] string Target);
public record LinkResponse(string Name, string Target, int Visits);

[Index(nameof(Name), IsUnique = true)]
public class Link
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public required string Target { get; set; }
    public int Visits { get; set; }
}

public class LinksDb(DbContextOptions<LinksDb> options) : DbContext(options) { public DbSet<Link> Links => Set<Link>(); }
