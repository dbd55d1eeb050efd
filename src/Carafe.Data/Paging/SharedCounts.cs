using System.Data;
using System.Runtime.CompilerServices;
using System.Transactions;
using Carafe.Data.Conventions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Carafe.Data.Paging;

/// <summary>The counts that requests on one database share, by list. On SQLite a count costs less than waiting for one.</summary>
internal sealed class SharedCounts
{
    private static readonly ConditionalWeakTable<Database, SharedCounts> _databases = [];

    // A list is its template, which is kept with EF's model.
    private readonly ConditionalWeakTable<object, SharedCount> _counts = [];

    /// <summary>Finds the count of a list; null for a context that may see other rows than the next one, or has another time to wait for them.</summary>
    public static SharedCount? Find(object list, DbContext context) =>
        context.GetService<IDbContextOptions>().FindExtension<ConventionsExtension>()?.Database is { ConnectionString: { } own } database
        && context.GetService<IRelationalConnection>() is
        { CurrentTransaction: null, CommandTimeout: null, DbConnection: { State: ConnectionState.Closed } connection }
        && connection is not SqliteConnection && connection.ConnectionString == own
        && context.Database.GetEnlistedTransaction() is null && Transaction.Current is null && IsLeftAlone(context)
            ? _databases.GetOrCreateValue(database)._counts.GetOrAdd(list, static _ => new())
            : null;

    // An interceptor of the app's might set up each connection for its caller, or change what is asked.
    private static bool IsLeftAlone(DbContext context)
    {
        var given = context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors ?? [];
        return given.Concat(context.GetInfrastructure().GetServices<IInterceptor>())
            .All(interceptor => interceptor switch
            {
                IDbConnectionInterceptor => interceptor.GetType().Assembly == typeof(SharedCounts).Assembly,
                IDbCommandInterceptor => interceptor.GetType().Assembly.GetName().Name!.StartsWith("Carafe.", StringComparison.Ordinal),
                _ => true,
            });
    }
}
