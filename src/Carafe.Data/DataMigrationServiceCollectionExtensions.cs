using Carafe.Data;
using Carafe.Data.Transfer;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds changes of rows that are too long, or too clever, for a migration's SQL.</summary>
public static class DataMigrationServiceCollectionExtensions
{
    /// <summary>
    /// Adds a change of rows for <c>db data</c>, which runs it batch by batch until it returns null, and never again. Each batch is a transaction. A
    /// process that
    /// ends in the middle goes on with the next batch.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="name">Its name, by which the database knows how far it came.</param>
    /// <param name="run">Changes and saves the rows of one batch. Returns where the next one begins, or null after the last.</param>
    public static IServiceCollection AddDataMigration<TContext>(
        this IServiceCollection services, string name, Func<TContext, DataBatch, CancellationToken, Task<string?>> run)
        where TContext : DbContext =>
        services.AddSingleton(new DataMigration<TContext>(name, run));
}
