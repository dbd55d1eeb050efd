using Carafe.FastSqlite.Extension;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the fast layer to EF Core's internal services.</summary>
public static class FastSqliteServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services of <c>UseFastSqlite</c>, for who builds EF Core's internal services and calls <c>UseInternalServiceProvider</c>: beside
    /// <c>AddEntityFrameworkSqlite</c>, before or after it. <c>UseFastSqlite</c> calls it by itself.
    /// </summary>
    /// <param name="services">EF Core's internal services.</param>
    public static IServiceCollection AddEntityFrameworkFastSqlite(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        // Where another extension has replaced EF Core's own, that one stays.
        if (ProvenVersions.Objection is not null || services.Any(IsForeign))
        {
            return services;
        }

        services.Replace(ServiceDescriptor.Scoped<ISqliteRelationalConnection, FastRelationalConnection>());
        services.Replace(ServiceDescriptor.Scoped<IRelationalDatabaseCreator, FastDatabaseCreator>());
        return services;
    }

    private static bool IsForeign(ServiceDescriptor service) =>
        service.ServiceType == typeof(ISqliteRelationalConnection)
            ? service.ImplementationType != typeof(SqliteRelationalConnection) && service.ImplementationType != typeof(FastRelationalConnection)
            : service.ServiceType == typeof(IRelationalDatabaseCreator)
                && service.ImplementationType != typeof(SqliteDatabaseCreator) && service.ImplementationType != typeof(FastDatabaseCreator);
}
