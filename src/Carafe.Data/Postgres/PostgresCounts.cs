using System.Data;
using System.Runtime.CompilerServices;
using System.Transactions;
using Carafe.Data.Paging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>The counts that requests share, by list. Totals are not remembered as on SQLite: PostgreSQL does not tell that another process has written.</summary>
internal sealed class PostgresCounts
{
    // A list is its plan, which is kept with EF's model.
    private readonly ConditionalWeakTable<object, SharedCount> _counts = [];

    /// <summary>The count of this list; null for a context that may see other rows than the next one, or has another time to wait for them.</summary>
    public SharedCount? Of(object list, DbContext context, NpgsqlDataSource source) =>
        context.GetService<IRelationalConnection>() is { CurrentTransaction: null, CommandTimeout: null, DbConnection: { State: ConnectionState.Closed } connection }
        && connection.ConnectionString == source.ConnectionString && context.Database.GetEnlistedTransaction() is null && Transaction.Current is null && IsLeftAlone(context)
            ? _counts.GetOrAdd(list, static _ => new())
            : null;

    // Another interceptor might set up each connection for its caller, or change what is asked.
    private static bool IsLeftAlone(DbContext context)
    {
        var given = context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors ?? [];
        return given.Concat(context.GetInfrastructure().GetServices<IInterceptor>())
            .All(interceptor => interceptor is PostgresConnector or not IDbConnectionInterceptor && interceptor is IReadObserver or not IDbCommandInterceptor);
    }
}
