using System.Diagnostics.CodeAnalysis;
using Carafe.Data.Conventions;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Design.Internal;

namespace Carafe.Data.Migrations;

/// <summary>
/// Writes a migration from the changes of the model. It needs Microsoft.EntityFrameworkCore.Design, so nothing else may reference this class.
/// </summary>
internal sealed class MigrationScaffolder<TContext>(ContextOptions<TContext> contexts, DatabaseProviders providers, IServiceProvider services)
    where TContext : DbContext
{
    /// <summary>Writes the files and says what to know of them.</summary>
    /// <exception cref="CommandException">Something has to be decided first; the message says what, and nothing is written.</exception>
    public async Task<WrittenMigration> WriteAsync(string name, string projectFolder, MigrateChoices choices)
    {
        // Always the same provider's view of the model, whichever DATABASE_URL names.
        await using var database = DatabaseProviders.OpenForModel(providers.All.First(provider => provider.WritesMigrations), services);
        IReadOnlyList<string> notes;
        // A context of its own: reading the snapshot finishes it, and EF's scaffolder then treats it as none.
        await using (var before = contexts.Create(database))
        {
            if (SchemaDrift.Of(before) is [])
            {
                return new([], []);
            }

            new MigrationBranches(before).Refuse(null);
            var (old, current) = (SchemaDrift.Snapshot(before)?.GetRelationalModel(), before.GetService<IDesignTimeModel>().Model.GetRelationalModel());
            var differ = new ReviewedDiffer(before, choices);
            var operations = differ.GetDifferences(old, current);
            Complete(operations, old, current);
            notes = MigrationReview.Review(operations, differ, choices, old, current);
        }

        await using var context = contexts.Create(database);
        return new(await SaveAsync(context, new CompletingDiffer(new ReviewedDiffer(context, choices)), MigrationName.Free(name, context), projectFolder),
            notes);
    }

    /// <summary>Writes a migration that does nothing and knows the whole model, in which two branches meet.</summary>
    public async Task<IReadOnlyList<string>> WriteEmptyAsync(string name, string projectFolder)
    {
        await using var database = DatabaseProviders.OpenForModel(providers.All.First(provider => provider.WritesMigrations), services);
        await using var context = contexts.Create(database);
        return await SaveAsync(context, new NoDiffer(), MigrationName.Free(name, context), projectFolder);
    }

    private static async Task<IReadOnlyList<string>> SaveAsync(TContext context, IMigrationsModelDiffer differ, string name, string projectFolder)
    {
        await using var design = Services(context, differ).BuildServiceProvider();
        var scaffolder = design.GetRequiredService<IMigrationsScaffolder>();
        var migration = scaffolder.ScaffoldMigration(name, typeof(TContext).Namespace ?? typeof(TContext).Assembly.GetName().Name!, "Migrations", "C#",
            dryRun: false);
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
    private static ServiceCollection Services(TContext context, IMigrationsModelDiffer differ)
    {
        var design = new ServiceCollection();
        design.AddSingleton(new NeutralModel(context.GetService<IDesignTimeModel>().Model));
        design.AddSingleton(differ);
        design.AddSingleton<ICSharpMigrationOperationGenerator, NeutralOperationGenerator>();
        design.AddSingleton<IAnnotationCodeGenerator, NeutralSnapshotGenerator>();
        // The first to add a service wins: ours, then those of the context, then the provider's.
        design.AddDbContextDesignTimeServices(context);
        new NpgsqlDesignTimeServices().ConfigureDesignTimeServices(design);
        design.AddEntityFrameworkDesignTimeServices();
        return design;
    }

    private static void Complete(IReadOnlyList<MigrationOperation> operations, IRelationalModel? from, IRelationalModel? to)
    {
        if (to is not null)
        {
            ColumnDefaults.Complete(new StepContent("", Up: true, operations, from?.Model, to.Model));
            MigrationReview.Annotate(operations, from, to);
        }
    }

    /// <summary>Puts into the file what rows that are there already shall hold, and how values become others.</summary>
    [SuppressMessage("Usage", "EF1001", Justification = "It hands on what EF's differ finds.")]
    private sealed class CompletingDiffer(ReviewedDiffer differ) : IMigrationsModelDiffer
    {
        public bool HasDifferences(IRelationalModel? source, IRelationalModel? target) => differ.HasDifferences(source, target);

        public IReadOnlyList<MigrationOperation> GetDifferences(IRelationalModel? source, IRelationalModel? target)
        {
            var operations = differ.GetDifferences(source, target);
            Complete(operations, source, target);
            return operations;
        }
    }

    private sealed class NoDiffer : IMigrationsModelDiffer
    {
        public bool HasDifferences(IRelationalModel? source, IRelationalModel? target) => false;

        public IReadOnlyList<MigrationOperation> GetDifferences(IRelationalModel? source, IRelationalModel? target) => [];
    }
}
