using Carafe.Data;
using Carafe.Data.Adoption;
using Carafe.Data.Backups;
using Carafe.Data.Checks;
using Carafe.Data.Commands;
using Carafe.Data.Conventions;
using Carafe.Data.Errors;
using Carafe.Data.Health;
using Carafe.Data.Lists;
using Carafe.Data.Migrations;
using Carafe.Data.Paging;
using Carafe.Data.Postgres;
using Carafe.Data.Providers;
using Carafe.Data.Replicas;
using Carafe.Data.Sqlite;
using Carafe.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the database to an app.</summary>
public static class DatabaseServiceCollectionExtensions
{
    // As many requests as may wait for the database at once without contexts being made for them and thrown away, which costs as much as writing a
    // row.
    private const int PoolSize = 256;

    /// <summary>
    /// Adds <typeparamref name="TContext"/> on the database that <c>DATABASE_URL</c> names: snake_case names, UTC times, stamps and versions
    /// (<see cref="ICreated"/>, <see cref="ITimestamped"/>, <see cref="IVersioned"/>); 409 for violated unique and foreign keys, 412 for stale versions,
    /// 503 while the database cannot be reached; migrations at the start of Development and Testing; the health checks <c>database</c> and <c>schema</c>
    /// with the tag <c>ready</c>; the <c>db</c> commands and <c>run --migrate</c>. Contexts are pooled unless their class keeps state of its own, such as
    /// a tenant, or takes services: then each request gets a new one.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <exception cref="InvalidOperationException">It was called before: an app has one database.</exception>
    public static IServiceCollection AddDatabase<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(ContextType))?.ImplementationInstance is ContextType first)
        {
            throw new InvalidOperationException(
                $"AddDatabase<{typeof(TContext).Name}>() follows AddDatabase<{first.Type.Name}>(): an app has one database, the one that DATABASE_URL " +
                $"names. Add further contexts with EF Core's own AddDbContextPool.");
        }

        services.AddSettings<DatabaseSettings>();
        services.AddSingleton<IValidateOptions<DatabaseSettings>, DatabaseDefaults>();
        services.AddSingleton<StatementTimeout>();
        services.AddSingleton<MigrateFlag>();
        services.TryAddSingleton<FileSystems>();
        services.AddSingleton<DatabaseProviders>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<DatabaseProvider, SqliteProvider>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<DatabaseProvider, PostgresProvider>());
        services.AddSingleton<DatabaseHandle<TContext>>();
        services.AddSingleton<RowInterceptor>();
        services.AddSingleton<RepeatedQueryInterceptor>();
        services.AddSingleton<IStartupFilter>(provider => provider.GetRequiredService<RepeatedQueryInterceptor>());
        services.AddSingleton<ContextOptions<TContext>>();
        services.AddSingleton<IDbContextOptionsConfiguration<TContext>>(provider => provider.GetRequiredService<ContextOptions<TContext>>());
        services.AddSingleton<CursorKey>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRouteValidator, PagingValidator>());
        services.AddSingleton<IRouteValidator, ListValidator>();
        services.AddSingleton(new ContextType(typeof(TContext)));
        AddContext<TContext>(services);
        services.AddDatabaseErrors<TContext>();
        services.AddPostgresReplicas();
        services.AddHealthChecks().AddCheck<DatabaseHealth<TContext>>("database", tags: ["ready"]).AddCheck<SchemaHealth<TContext>>("schema", tags: ["ready"]);
        services.AddSingleton<DatabaseState>();
        services.AddSingleton<IStartupFilter, DatabaseGate<TContext>>();
        services.AddSingleton<SchemaSeen<TContext>>();
        services.AddSingleton(new ContextAdder((others, context) =>
            typeof(DatabaseServiceCollectionExtensions).GetMethod(nameof(AddDatabase))!.MakeGenericMethod(context).Invoke(null, [others])));
        services.AddCommand(DatabaseCommands<TContext>.Create);
        services.AddChecks(DatabaseChecks<TContext>.All);
        services.AddRunFlag("--migrate", "Apply pending migrations first, as MIGRATE_ON_START=true does.", app =>
            app.Services.GetRequiredService<MigrateFlag>().Give());
        services.AddHostedService<StartupMigration<TContext>>();
        services.AddHostedService<DatabaseWatch<TContext>>();
        services.AddSettings<BackupSettings>();
        services.AddSingleton<BackupMetrics>();
        services.AddHostedService<BackupService<TContext>>();
        services.AddChecks(BackupChecks<TContext>.All);
        // A violated unique index becomes a response here and is no failure; an error without a map is logged once, by the error handler. Npgsql logs
        // every statement as information. A level in the configuration wins.
        services.Configure<LoggerFilterOptions>(options => Array.ForEach(
            [
                ("Npgsql", LogLevel.Warning),
                ("Microsoft.EntityFrameworkCore", LogLevel.Warning),
                ("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.Critical),
                ("Microsoft.EntityFrameworkCore.Database.Transaction", LogLevel.Critical),
                ("Microsoft.EntityFrameworkCore.Update", LogLevel.Critical),
            ],
            filter => options.Rules.Insert(0, new LoggerFilterRule(null, filter.Item1, filter.Item2, null))));
        return services;
    }

    private static void AddContext<TContext>(IServiceCollection services)
        where TContext : DbContext
    {
        if (!ContextState.IsNone(typeof(TContext)))
        {
            services.AddDbContext<TContext>((_, _) => { }, ServiceLifetime.Scoped, ServiceLifetime.Singleton);
            return;
        }

        services.AddDbContextPool<TContext>((_, _) => { }, PoolSize);
    }
}
