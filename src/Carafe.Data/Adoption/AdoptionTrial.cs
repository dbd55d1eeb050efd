using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Carafe.Data.Conventions;
using Carafe.Data.Migrations;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Carafe.Data.Adoption;

/// <summary>Runs the context of a project that was compiled and not written yet.</summary>
internal abstract class AdoptionTrial : IAsyncDisposable
{
    /// <summary>Opens the context of an assembly on a database.</summary>
    public static AdoptionTrial Open(Assembly assembly, string url, ContextAdder adder, IEnumerable<DatabaseProvider> providers)
    {
        var context = assembly.GetTypes().Single(type => typeof(DbContext).IsAssignableFrom(type));
        var builder = CarafeApp.CreateBuilder(["--environment", "Testing"]);
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = url,
            ["MIGRATE_ON_START"] = "false",
            ["SECRET_KEY"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)),
        });
        adder.Add(builder.Services, context);
        foreach (var provider in providers)
        {
            builder.Services.TryAddEnumerable(ServiceDescriptor.Describe(typeof(DatabaseProvider), provider.GetType(), ServiceLifetime.Singleton));
        }

        return (AdoptionTrial)Activator.CreateInstance(typeof(AdoptionTrial<>).MakeGenericType(context), builder.Build())!;
    }

    /// <summary>Writes a migration into a folder.</summary>
    public abstract Task MigrateAsync(string name, string folder);

    /// <summary>Returns what the database lacks of the model.</summary>
    public abstract Task<IReadOnlyList<string>> DifferencesAsync(CancellationToken stop);

    /// <summary>Returns what the migrations lack of the model, on any database.</summary>
    public abstract Task<IReadOnlyList<string>> DriftAsync();

    /// <summary>Reads each row once and returns how many there are.</summary>
    public abstract Task<IReadOnlyList<string>> ReadAsync(CancellationToken stop);

    /// <summary>Notes the first migration as applied and returns its name.</summary>
    public abstract Task<string> StampAsync(CancellationToken stop);

    /// <summary>Applies the migrations that are not applied.</summary>
    public abstract Task UpgradeAsync(CancellationToken stop);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Adds a context whose type is known at run time only, as <c>AddDatabase</c> does.</summary>
internal sealed record ContextAdder(Action<IServiceCollection, Type> Add);

/// <inheritdoc/>
internal sealed class AdoptionTrial<TContext>(WebApplication app) : AdoptionTrial
    where TContext : DbContext
{
    private readonly AsyncServiceScope _scope = app.Services.CreateAsyncScope();

    private TContext Context => _scope.ServiceProvider.GetRequiredService<TContext>();

    private Database Database => app.Services.GetRequiredService<DatabaseHandle<TContext>>().Database;

    public override Task MigrateAsync(string name, string folder) =>
        new MigrationScaffolder<TContext>(app.Services.GetRequiredService<ContextOptions<TContext>>(), app.Services.GetRequiredService<DatabaseProviders>(),
            app.Services).WriteAsync(name, folder, MigrateChoices.Anything);

    public override Task<IReadOnlyList<string>> DifferencesAsync(CancellationToken stop) =>
        new LiveSchema(Context, Database, Context.GetService<IDesignTimeModel>().Model).DifferencesAsync(null, stop);

    public override Task<IReadOnlyList<string>> DriftAsync() =>
        SchemaDrift.AcrossAsync(app.Services, app.Services.GetRequiredService<ContextOptions<TContext>>().Create);

    public override async Task<IReadOnlyList<string>> ReadAsync(CancellationToken stop)
    {
        var counts = new List<string>();
        foreach (var entity in Context.Model.GetEntityTypes())
        {
            var read = typeof(AdoptionTrial<TContext>).GetMethod(nameof(ReadAllAsync), BindingFlags.NonPublic | BindingFlags.Instance)!;
            var count = await (Task<long>)read.MakeGenericMethod(entity.ClrType).Invoke(this, [stop])!;
            counts.Add(string.Create(CultureInfo.InvariantCulture, $"{entity.GetTableName()}: {count} rows"));
        }

        return counts;
    }

    public override async Task<string> StampAsync(CancellationToken stop)
    {
        var first = (await SchemaState.ReadAsync(Context, stop)).Known[0];
        await new SchemaMigrator(Context, Database).StampAsync(first, stop);
        return first;
    }

    public override Task UpgradeAsync(CancellationToken stop) => new SchemaMigrator(Context, Database).MoveAsync(state => state.Steps("head", up: true), stop);

    public override async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await app.DisposeAsync();
    }

    private async Task<long> ReadAllAsync<TRow>(CancellationToken stop)
        where TRow : class
    {
        var count = 0L;
        await foreach (var _ in Context.Set<TRow>().AsNoTracking().AsAsyncEnumerable().WithCancellation(stop))
        {
            count++;
        }

        return count;
    }
}
