using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Carafe.Data.Conventions;

/// <summary>Configures every context of the app: the database, the conventions, the stamps.</summary>
internal sealed class ContextOptions<TContext>(IServiceProvider services) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) =>
        Configure(optionsBuilder, services.GetRequiredService<Providers.DatabaseHandle<TContext>>().Database);

    /// <summary>Creates a context on another database than the app's, with the same configuration, for its model; nothing is contacted.</summary>
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

        // A context may use services of a request. They live as long as the process: only commands come here.
        return Providers.ContextState.Create(services.CreateScope().ServiceProvider, builder.Options);
    }

    private void Configure(DbContextOptionsBuilder options, Database database)
    {
        database.Configure(options);
        options.UseSnakeCaseNamingConvention();
        options.AddInterceptors(services.GetRequiredService<RowInterceptor>());
        if (services.GetRequiredService<RepeatedQueryInterceptor>() is { IsOn: true } repeated)
        {
            options.AddInterceptors(repeated);
        }

        // EF would log it with its whole stack, and its handler logs it again: the error handler, a command, a background service's host.
        // EF would refuse the twenty-first set of options of a process: a suite of tests, or an app with as many databases, is worth a line and not its end.
        options.ConfigureWarnings(warnings =>
            warnings.Ignore(CoreEventId.QueryIterationFailed, RelationalEventId.ConnectionError).Log(CoreEventId.ManyServiceProvidersCreatedWarning));
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new ConventionsExtension(database));
    }
}
