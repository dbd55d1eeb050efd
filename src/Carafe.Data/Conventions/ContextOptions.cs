using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.EntityFrameworkCore.Update.Internal;

// What orders the statements of a save is marked internal by EF.
#pragma warning disable EF1001

namespace Carafe.Data.Conventions;

/// <summary>What every context of the app is given: the database, the conventions, the stamps.</summary>
internal sealed class ContextOptions<TContext>(IServiceProvider services) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) =>
        Configure(optionsBuilder, services.GetRequiredService<Providers.DatabaseHandle<TContext>>().Database);

    /// <summary>A context on another database than the app's, with all that the app's contexts have. For its model; nothing is contacted.</summary>
    public TContext Create(Database database)
    {
        var builder = new DbContextOptionsBuilder<TContext>();
        foreach (var configuration in services.GetServices<IDbContextOptionsConfiguration<TContext>>())
        {
            if (configuration == this)
            {
                Configure(builder, database);
            }
            else
            {
                configuration.Configure(services, builder);
            }
        }

        // A context may take services of a request. They go with the process: only commands come here.
        return Providers.ContextState.Create(services.CreateScope().ServiceProvider, builder.Options);
    }

    private void Configure(DbContextOptionsBuilder options, Database database)
    {
        database.Configure(options);
        options.UseSnakeCaseNamingConvention();
        options.AddInterceptors(services.GetRequiredService<RowInterceptor>());
        options.ReplaceService<IExceptionDetector, CancellationDetector>();
        options.ReplaceService<ICommandBatchPreparer, UnsortedSingles>();
        // With its whole stack, and once more by whoever answers it: the error handler, a command, a background service's host.
        options.ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.QueryIterationFailed));
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new ConventionsExtension(database));
    }
}

/// <summary>SQLite says "interrupted" of a statement whose token was cancelled, which EF would log as an error.</summary>
internal sealed class CancellationDetector : IExceptionDetector
{
    public bool IsCancellation(Exception exception, CancellationToken cancellationToken = default) =>
        exception is OperationCanceledException || cancellationToken.IsCancellationRequested;
}

/// <summary>Before EF writes rows, it sorts them by what refers to what. One row needs no sorting, and is what most requests write.</summary>
internal sealed class UnsortedSingles(CommandBatchPreparerDependencies dependencies) : CommandBatchPreparer(dependencies)
{
    public override IReadOnlyList<List<IReadOnlyModificationCommand>> TopologicalSort(IEnumerable<IReadOnlyModificationCommand> commands) =>
        commands is IReadOnlyList<IReadOnlyModificationCommand> { Count: 1 } single ? [[single[0]]] : base.TopologicalSort(commands);
}
