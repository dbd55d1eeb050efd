using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Auth;

/// <summary>
/// Sees each change of an account that goes through the app's context (disabled, demoted, deleted, renamed), and has the session check ask again, so that
/// it counts at once in this process. What SaveChanges does is known by entity; a statement of the app's own (ExecuteUpdate, ExecuteDelete, SQL) may
/// concern an account, whatever its text. Disabling an account ends its sessions.
/// </summary>
internal sealed class AccountChangeInterceptor<TUser>(SessionCache cache, IHttpContextAccessor http, IEnumerable<ForeignTokens> foreign)
    : DbCommandInterceptor, IDbTransactionInterceptor, ISaveChangesInterceptor
    where TUser : class, IAccount
{
    // Contexts that have changed an account and not committed yet.
    private readonly ConditionalWeakTable<DbContext, Changes> _open = [];

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        See(command, eventData);
        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        See(command, eventData);
        return new(result);
    }

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        See(eventData.Context);
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        See(eventData.Context);
        return new(result);
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (Switched(eventData.Context) is { Count: > 0 } ids)
        {
            SessionStatements.Of(eventData.Context!, ids).ExecuteDelete();
        }

        Settle(eventData.Context);
        return result;
    }

    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (Switched(eventData.Context) is { Count: > 0 } ids)
        {
            await SessionStatements.Of(eventData.Context!, ids).ExecuteDeleteAsync(cancellationToken);
        }

        Settle(eventData.Context);
        return result;
    }

    // A row that refers to the caller's account cannot be saved once the account is gone. That is no conflict for a client to mend.
    public async Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Exception is not DbUpdateException or DbUpdateConcurrencyException)
        {
            return;
        }

        if (http.HttpContext is { } context && CurrentUser.From(context) is { } me)
        {
            await using var scope = context.RequestServices.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
            var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
            if (await scope.ServiceProvider.GetRequiredService<SessionStore>().FindAsync(me.SessionId, now, cancellationToken) is null)
            {
                cache.End(me.SessionId);
                throw BearerError.Revoked;
            }
        }
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Settle(eventData.Context);

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Settle(eventData.Context);
        return Task.CompletedTask;
    }

    // Its text says nothing reliable: a table has other names in views, triggers and functions.
    private void See(DbCommand command, CommandExecutedEventData data)
    {
        if (data.CommandSource is not (CommandSource.SaveChanges or CommandSource.Migrations) && data.Context is { } context && !SessionStatements.AreRunning)
        {
            cache.Forget();
            if (command.Transaction is not null)
            {
                _open.GetOrCreateValue(context);
            }
        }
    }

    private void See(DbContext? context)
    {
        if (context is null || TrackedAccounts<TUser>.Of(context).Count == 0)
        {
            return;
        }

        context.ChangeTracker.DetectChanges();
        var changed = TrackedAccounts<TUser>.Of(context).FindAll(entry => entry.State is EntityState.Modified or EntityState.Deleted);
        if (changed.Count > 0)
        {
            var changes = _open.GetOrCreateValue(context);
            List<int> switched = [.. changed.Where(entry => entry.State == EntityState.Modified && entry.Property(nameof(IAccount.DisabledAt)).IsModified)
                .Select(entry => entry.Entity.Id)];
            changes.Switched.AddRange(switched);
            foreach (var tokens in switched.Count > 0 ? foreign : [])
            {
                tokens.EndWith(context, switched);
            }
        }
    }

    // Disabled, or enabled again: either way nobody goes on where they were.
    private List<int> Switched(DbContext? context)
    {
        if (context is null || !_open.TryGetValue(context, out var changes))
        {
            return [];
        }

        List<int> switched = [.. changes.Switched];
        changes.Switched.Clear();
        return switched;
    }

    private void Settle(DbContext? context)
    {
        if (context is not null && _open.TryGetValue(context, out _))
        {
            cache.Forget();
            // A save is not committed while the app has a transaction of its own open.
            if (context.Database.CurrentTransaction is null)
            {
                _open.Remove(context);
            }
        }
    }

    private sealed class Changes
    {
        public List<int> Switched { get; } = [];
    }
}
