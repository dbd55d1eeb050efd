// To do, then delete these lines:
//   in the factory:                     app.MapBlueprint<ThingSet1Blueprint>("/thing-path-1");
//   in ApiContext1:                     public DbSet<ThingRow1> ThingSet1 => Set<ThingRow1>();
//   in ApiContext1.OnModelCreating:     model.Entity<ThingRow1>().HasIndex(row => row.Name).IsUnique();

namespace ApiNamespace1.ThingSet1;

/// <summary>Anyone may read. In an app with accounts everything else requires a sign-in: narrow it with RequireAdmin() or RequireSelfOrAdmin().</summary>
public sealed class ThingSet1Blueprint : IBlueprint
{
    public static string Name => "thing-path-1";

    public static void Map(RouteGroupBuilder group)
    {
        group.WithETag();
        group.MapGet("/", List).AllowAnonymous();
        group.MapGet("/{id:int}", Get).AllowAnonymous();
        group.MapPost("/", Create).ProducesErrors(409);
        group.MapPut("/{id:int}", Update).ProducesErrors(409);
        group.MapDelete("/{id:int}", Delete);
    }

    /// <summary>List them, newest first.</summary>
    internal static async Task<Ok<Paged<ThingRow1Response>>> List(PageQuery page, ApiContext1 db) =>
        TypedResults.Ok(await db.ThingSet1.NewestFirst().ToPageAsync(page, ThingRow1Response.FromRow));

    /// <summary>Fetch one.</summary>
    internal static async Task<Ok<ThingRow1Response>> Get(int id, ApiContext1 db) =>
        TypedResults.Ok(await db.ThingSet1.FindOr404Async(id, ThingRow1Response.FromRow));

    /// <summary>Create one.</summary>
    internal static async Task<Created<ThingRow1Response>> Create(ThingRow1Request request, ApiContext1 db, CancellationToken stop)
    {
        var thingVariable1 = new ThingRow1 { Name = request.Name };
        db.ThingSet1.Add(thingVariable1);
        await db.SaveChangesAsync(stop);

        return TypedResults.Created($"/thing-path-1/{thingVariable1.Id}", ThingRow1Response.From(thingVariable1));
    }

    /// <summary>Replace one.</summary>
    internal static async Task<Ok<ThingRow1Response>> Update(
        int id, ThingRow1Request request, ApiContext1 db, Preconditions preconditions, CancellationToken stop)
    {
        var thingVariable1 = await db.ThingSet1.FindOr404Async(id, stop);
        preconditions.ThrowIfFailed(thingVariable1.Version);
        thingVariable1.Name = request.Name;
        await db.SaveChangesAsync(stop);

        return TypedResults.Ok(ThingRow1Response.From(thingVariable1));
    }

    /// <summary>Delete one.</summary>
    internal static async Task<NoContent> Delete(int id, ApiContext1 db, Preconditions preconditions, CancellationToken stop)
    {
        var thingVariable1 = await db.ThingSet1.FindOr404Async(id, stop);
        preconditions.ThrowIfFailed(thingVariable1.Version);
        db.ThingSet1.Remove(thingVariable1);
        await db.SaveChangesAsync(stop);

        return TypedResults.NoContent();
    }
}
