using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Carafe.Data.Sqlite;

/// <summary>Gives each context a connection that asks the pool, and its transactions their turn at the gate.</summary>
internal sealed class SqliteInterceptor(Func<IReadObserver[]?, ContextConnection> connect, WriteGate gate) : IDbConnectionInterceptor, IDbTransactionInterceptor
{
    public InterceptionResult<DbConnection> ConnectionCreating(ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result) =>
        InterceptionResult<DbConnection>.SuppressWithResult(connect(Observers(eventData.Context)));

    public InterceptionResult<DbTransaction> TransactionStarting(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        if (connection is not ContextConnection lasting)
        {
            return result;
        }

        gate.Enter();
        return Begin(lasting, eventData);
    }

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        if (connection is not ContextConnection lasting)
        {
            return result;
        }

        await gate.EnterAsync(cancellationToken);
        return Begin(lasting, eventData);
    }

    private static IReadObserver[]? Observers(DbContext? context)
    {
        if (context is null)
        {
            return null;
        }

        var given = context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors ?? [];
        var all = given.Concat(context.GetInfrastructure().GetServices<IInterceptor>()).ToList();
        if (all.Exists(interceptor => interceptor is IDbConnectionInterceptor and not SqliteInterceptor))
        {
            // It may set up each connection that is opened, and none is for a query that runs directly.
            return null;
        }

        var interceptors = all.OfType<IDbCommandInterceptor>().ToList();
        return interceptors.TrueForAll(interceptor => interceptor is IReadObserver) ? [.. interceptors.OfType<IReadObserver>()] : null;
    }

    // EF tells nobody when a transaction fails to begin, so it is begun here, where the gate can be left again.
    private InterceptionResult<DbTransaction> Begin(ContextConnection connection, TransactionStartingEventData eventData)
    {
        try
        {
            // BEGIN IMMEDIATE: the write lock is taken now, not in the middle, where it could no longer be waited for.
            var transaction = connection.BeginTransaction(eventData.IsolationLevel, deferred: false);
            connection.HoldsGate = true;
            return InterceptionResult<DbTransaction>.SuppressWithResult(transaction);
        }
        catch
        {
            gate.Leave();
            throw;
        }
    }
}
