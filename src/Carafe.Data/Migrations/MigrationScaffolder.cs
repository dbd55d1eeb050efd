using System.Diagnostics.CodeAnalysis;
using Carafe.Data.Conventions;
using Carafe.Data.Postgres;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Npgsql.EntityFrameworkCore.PostgreSQL.Design.Internal;

namespace Carafe.Data.Migrations;

/// <summary>Writes a migration from what changed in the model. It needs Microsoft.EntityFrameworkCore.Design, so nothing else may touch this class.</summary>
internal sealed class MigrationScaffolder<TContext>(ContextOptions<TContext> contexts, DatabaseProviders providers, IServiceProvider services)
    where TContext : DbContext
{
    /// <summary>Writes the files and returns their paths; none when nothing changed.</summary>
    public async Task<IReadOnlyList<string>> WriteAsync(string name, string projectFolder)
    {
        // Always the same database's view of the model, whichever DATABASE_URL names: PostgreSQL's types are closest to C#'s.
        await using var database = providers.All.First(provider => provider is PostgresProvider).OpenForModel(services);
        // A context of its own: reading the snapshot finishes it, and EF's scaffolder then takes it for none.
        await using (var before = contexts.Create(database))
        {
            if (SchemaDrift.Of(before) is [])
            {
                return [];
            }
        }

        await using var context = contexts.Create(database);
        await using var design = Services(context).BuildServiceProvider();
        var scaffolder = design.GetRequiredService<IMigrationsScaffolder>();
        var migration = scaffolder.ScaffoldMigration(name, typeof(TContext).Namespace ?? typeof(TContext).Assembly.GetName().Name!, "Migrations", "C#", dryRun: false);
        var files = scaffolder.Save(projectFolder, migration, Path.Combine(projectFolder, "Migrations"), dryRun: false);
        string[] written = [.. new[] { files.MigrationFile, files.MetadataFile, files.SnapshotFile }.OfType<string>()];
        foreach (var file in written)
        {
            // EF begins its files with a byte order mark, which no other file of a project has.
            await File.WriteAllTextAsync(file, await File.ReadAllTextAsync(file));
        }

        return written;
    }

    [SuppressMessage("Usage", "EF1001", Justification = "The provider's own design-time services have no public name; they are what dotnet-ef loads.")]
    private ServiceCollection Services(TContext context)
    {
        var design = new ServiceCollection();
        design.AddSingleton(new NeutralModel(context.GetService<IDesignTimeModel>().Model, providers.All));
        design.AddSingleton<ICSharpMigrationOperationGenerator, NeutralOperationGenerator>();
        design.AddSingleton<IAnnotationCodeGenerator, NeutralSnapshotGenerator>();
        // The first to add a service wins: ours, then those of the context, then the provider's.
        design.AddDbContextDesignTimeServices(context);
        new NpgsqlDesignTimeServices().ConfigureDesignTimeServices(design);
        design.AddEntityFrameworkDesignTimeServices();
        return design;
    }
}
