using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Auth;

/// <summary>
/// Sees each change of an account that goes through the app's context (disabled, demoted, deleted, renamed), and has the session check ask again, so that it counts at
/// once in this process. Changes by other processes count within the lag.
/// </summary>
internal sealed class AccountChangeInterceptor<TUser>(SessionCache cache) : DbCommandInterceptor, IDbTransactionInterceptor, ISaveChangesInterceptor, IReadObserver
    where TUser : class, IAccount
{
    // Contexts that changed an account and have not committed yet.
    private readonly ConditionalWeakTable<DbContext, object> _open = [];

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        See(command, eventData);
        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        See(command, eventData);
        return new(result);
    }

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        See(command, eventData);
        return result;
    }

    public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        See(command, eventData);
        return new(result);
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Settle(eventData.Context);
        return result;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Settle(eventData.Context);
        return new(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Settle(eventData.Context);

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Settle(eventData.Context);
        return Task.CompletedTask;
    }

    private void See(DbCommand command, CommandExecutedEventData data)
    {
        if (data.CommandSource is CommandSource.LinqQuery or CommandSource.Migrations || data.Context is not { } context || !ChangesAccounts(command.CommandText, context))
        {
            return;
        }

        cache.Forget();
        if (command.Transaction is not null || data.CommandSource == CommandSource.SaveChanges)
        {
            _open.AddOrUpdate(context, cache);
        }
    }

    private void Settle(DbContext? context)
    {
        if (context is not null && _open.TryGetValue(context, out _))
        {
            cache.Forget();
            // Saved is not committed while the app has a transaction of its own open.
            if (context.Database.CurrentTransaction is null)
            {
                _open.Remove(context);
            }
        }
    }

    private static bool ChangesAccounts(string sql, DbContext context) =>
        (sql.Contains("UPDATE", StringComparison.OrdinalIgnoreCase) || sql.Contains("DELETE", StringComparison.OrdinalIgnoreCase))
        && context.Model.FindEntityType(typeof(TUser))?.GetTableName() is { } table && sql.Contains(table, StringComparison.OrdinalIgnoreCase);
}
