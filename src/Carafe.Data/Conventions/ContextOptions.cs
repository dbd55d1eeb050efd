using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

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
        // With its whole stack, and once more by whoever answers it: the error handler, a command, a background service's host.
        options.ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.QueryIterationFailed));
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new ConventionsExtension(database));
    }
}
