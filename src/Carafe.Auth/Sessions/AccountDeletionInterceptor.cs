using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Auth;

/// <summary>
/// Forgets what is kept for an account beside its rows, once its deletion is committed: the responses of its requests with an Idempotency-Key.
/// </summary>
internal sealed class AccountDeletionInterceptor<TUser>(IServiceProvider services) : SaveChangesInterceptor, IDbTransactionInterceptor
    where TUser : class, IAccount
{
    private readonly ConditionalWeakTable<DbContext, List<string>> _deleted = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Note(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result,
        CancellationToken cancellationToken = default)
    {
        Note(eventData.Context);
        return new(result);
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        SettleAsync(eventData.Context).GetAwaiter().GetResult();
        return result;
    }

    public override async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        await SettleAsync(eventData.Context);
        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        SettleAsync(eventData.Context, committed: true).GetAwaiter().GetResult();

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        SettleAsync(eventData.Context, committed: true);

    private void Note(DbContext? context)
    {
        if (context is null || TrackedAccounts<TUser>.Of(context).Count == 0)
        {
            return;
        }

        foreach (var entry in context.ChangeTracker.Entries<TUser>())
        {
            if (entry.State == EntityState.Deleted)
            {
                _deleted.GetOrCreateValue(context).Add(entry.Entity.Id.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    // A save is not committed while the app has a transaction of its own open.
    private async Task SettleAsync(DbContext? context, bool committed = false)
    {
        if (context is null || !_deleted.TryGetValue(context, out var subjects) || (!committed && context.Database.CurrentTransaction is not null))
        {
            return;
        }

        _deleted.Remove(context);
        foreach (var subject in subjects)
        {
            await services.GetRequiredService<IdempotencyKeys>().ForgetAsync(subject);
        }
    }
}
