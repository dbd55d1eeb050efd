using Carafe.Data;
using Carafe.Data.MySql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds MariaDB and MySQL to the databases of <c>DATABASE_URL</c>.</summary>
public static class MySqlDatabaseServiceCollectionExtensions
{
    /// <summary>
    /// Lets <c>DATABASE_URL</c> name a database on MariaDB (10.6 or later) or MySQL (8.0.31 or later): <c>mysql://user:password@host:3306/name</c>, or
    /// <c>mariadb://</c>. An app with <c>AddDatabase</c> needs nothing else.
    /// </summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddMySql(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<DatabaseProvider, MySqlProvider>());
        return services;
    }
}
