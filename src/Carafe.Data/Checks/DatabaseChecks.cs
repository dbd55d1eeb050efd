using Carafe.Data.Commands;
using Carafe.Data.Lists;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Carafe.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Checks;

/// <summary>Checks what holds for every database: that it can be reached, that its schema is the model's, that settings fit each other.</summary>
internal static class DatabaseChecks<TContext>
    where TContext : DbContext
{
    private const string Page = "docs/checks.md";

    public static IEnumerable<Check> All => [.. OfSchema, .. OfSettings, .. SqliteChecks<TContext>.All, .. PostgresChecks<TContext>.All];

    private static IEnumerable<Check> OfSchema =>
    [
        new("C401", CheckSeverity.Error, async (context, stop) =>
            await CanReachAsync(context, stop) ? [] : [$"{Open(context)} cannot be reached, or not written."])
        {
            Why = "Every request that needs the database is 503.",
            Remedy = "Correct DATABASE_URL, or start the database.",
            Page = Page + "#c401",
            Deploy = true,
        },
        new("C402", CheckSeverity.Error, async (context, stop) =>
            (await StateAsync(context, stop)).Pending.Select(id => $"{id} is not applied."))
        {
            Why = "The code asks for tables and columns that are not there.",
            Remedy = "db upgrade",
            Page = Page + "#c402",
            Deploy = true,
        },
        new("C403", CheckSeverity.Error, DriftAsync)
        {
            Why = "Somebody changed the database by hand, or the models without a migration: the next migration may fail half-way.",
            Remedy = "db check names each difference; db migrate writes what the models have and the migrations lack.",
            Page = Page + "#c403",
            Deploy = true,
        },
        new("C404", CheckSeverity.Warning, context => from type in context.Services.GetRequiredService<TContext>().Model.GetEntityTypes()
            where type.BaseType is null && !type.IsMappedToJson()
            from key in type.GetForeignKeys()
            where !HasIndex(type, key)
            select $"{type.ShortName()} has no index on {string.Join(", ", key.Properties.Select(property => property.Name))}.")
        {
            Why = "Each delete of what it refers to, and each list by it, walks through the whole table.",
            Remedy = "builder.HasIndex(...), and db migrate",
            Page = Page + "#c404",
        },
        new("C407", CheckSeverity.Warning, context => from endpoint in context.Endpoints
            from list in endpoint.Metadata.GetOrderedMetadata<ListDefinition>()
            from missing in ListIndexes.Missing(list, context.Services.GetRequiredService<TContext>().Model)
            select $"{RouteTable.Describe(endpoint)} {missing}")
        {
            Why = "Each such request reads or sorts the whole table.",
            Remedy = "builder.HasIndex(...), and db migrate",
            Page = Page + "#c407",
        },
    ];

    private static IEnumerable<Check> OfSettings =>
    [
        new("C405", CheckSeverity.Warning, context => context.Services.GetRequiredService<DatabaseSettings>().MigrateOnStart == true
            ? ["MIGRATE_ON_START is true."] : [])
        {
            Why = "A replica that starts changes the schema under those that run, and a migration that fails keeps all of them from starting.",
            Remedy = "MIGRATE_ON_START=false, and db upgrade as a step of the deployment",
            Page = Page + "#c405",
            Deploy = true,
        },
        new("C406", CheckSeverity.Warning, context => TimeSpan.FromSeconds(context.Services.GetRequiredService<DatabaseSettings>().DatabaseTimeout)
            >= context.Services.GetRequiredService<HttpSettings>().RequestTimeout ? ["DATABASE_TIMEOUT is not shorter than REQUEST_TIMEOUT."] : [])
        {
            Why = "A request is given up before its statement is, and nobody hears that it was the database.",
            Remedy = "DATABASE_TIMEOUT=2",
            Page = Page + "#c406",
            Deploy = true,
        },
    ];

    public static Database Open(CheckContext context) => context.Services.GetRequiredService<DatabaseHandle<TContext>>().Database;

    private static async Task<bool> CanReachAsync(CheckContext context, CancellationToken stop)
    {
        var database = Open(context);
        if (database.Missing is not null)
        {
            return false;
        }

        try
        {
            return await database.CanServeAsync(context.Services.GetRequiredService<TContext>(), stop);
        }
        catch (System.Data.Common.DbException)
        {
            return false;
        }
    }

    // Asking for the history would make a database that is not there.
    private static async Task<SchemaState> StateAsync(CheckContext context, CancellationToken stop) => Open(context).Missing is null
        ? await SchemaState.ReadAsync(context.Services.GetRequiredService<TContext>(), stop)
        : SchemaState.Empty(context.Services.GetRequiredService<TContext>());

    private static async Task<IEnumerable<string>> DriftAsync(CheckContext context, CancellationToken stop)
    {
        if (Open(context).Missing is not null || (await StateAsync(context, stop)).Pending.Count > 0)
        {
            return [];
        }

        try
        {
            await new DatabaseWork<TContext>(context.Services, Open(context), TextWriter.Null, stop).CheckAsync();
            return [];
        }
        catch (CommandException difference)
        {
            return difference.Message.Split(Environment.NewLine);
        }
    }

    private static bool HasIndex(IEntityType type, IForeignKey key) =>
        type.GetKeys().Select(other => other.Properties).Concat(type.GetIndexes().Select(index => index.Properties))
            .Any(columns => columns.Take(key.Properties.Count).SequenceEqual(key.Properties));
}
