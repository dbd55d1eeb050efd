using Carafe.FastSqlite.Extension;
using Carafe.FastSqlite.Reads;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
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
        return services.AddFastSqlite(ProvenVersions.Objection);
    }

    internal static IServiceCollection AddFastSqlite(this IServiceCollection services, string? objection)
    {
        objection ??= LayerSwitch.Objection(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISingletonOptions>(new LayerSwitch(objection)));
        if (objection is null)
        {
            services.Replace(ServiceDescriptor.Scoped<ISqliteRelationalConnection, FastRelationalConnection>());
            services.Replace(ServiceDescriptor.Scoped<IRelationalDatabaseCreator, FastDatabaseCreator>());
            if (LayerSwitch.LeavesQueries(services))
            {
                services.Replace(ServiceDescriptor.Scoped<IShapedQueryCompilingExpressionVisitorFactory, DirectQueryVisitorFactory>());
            }

            if (LayerSwitch.LeavesDetector(services))
            {
                services.Replace(ServiceDescriptor.Scoped<IConcurrencyDetector, RowConcurrencyDetector>());
            }
        }

        return services;
    }
}
