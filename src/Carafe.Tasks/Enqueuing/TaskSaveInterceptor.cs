using System.Data.Common;
using System.Runtime.CompilerServices;
using Carafe.Tasks.Running;
using Carafe.Tasks.Storage;
using Carafe.Tasks.Telemetry;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Carafe.Tasks.Enqueuing;

/// <summary>Wakes the workers once the tasks of a context are committed, and not before.</summary>
internal sealed class TaskSaveInterceptor(TaskWaker waker, TaskMetrics metrics, TaskSettings settings, IServiceProvider services)
    : SaveChangesInterceptor, IDbTransactionInterceptor
{
    private readonly ConditionalWeakTable<DbContext, Pending> _pending = [];

    /// <summary>Notes that a task was added to a context.</summary>
    public void Add(DbContext context, string name) => _pending.GetOrCreateValue(context).Names.Add(name);

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (Saved(eventData.Context))
        {
            Commit(eventData.Context!);
        }

        return result;
    }

    public override async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (Saved(eventData.Context))
        {
            await CommitAsync(eventData.Context!, cancellationToken);
        }

        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData)
    {
        if (eventData.Context is { } context && IsSaved(context))
        {
            Commit(context);
        }
    }

    public async Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context && IsSaved(context))
        {
            await CommitAsync(context, cancellationToken);
        }
    }

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Forget(eventData.Context);

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Forget(eventData.Context);
        return Task.CompletedTask;
    }

    // Whether what was saved is committed as well: a transaction of the app's own goes on.
    private bool Saved(DbContext? context)
    {
        if (context is null || !_pending.TryGetValue(context, out var pending))
        {
            return false;
        }

        pending.IsSaved = true;
        return context.Database.CurrentTransaction is null;
    }

    private bool IsSaved(DbContext context) => _pending.TryGetValue(context, out var pending) && pending.IsSaved;

    private void Forget(DbContext? context)
    {
        if (context is not null)
        {
            _pending.Remove(context);
        }
    }

    private void Commit(DbContext context)
    {
        if (_pending.TryGetValue(context, out var pending))
        {
            _pending.Remove(context);
            pending.Names.ForEach(metrics.Enqueued);
            waker.WakeAll(context);
        }
    }

    private async Task CommitAsync(DbContext context, CancellationToken cancellationToken)
    {
        Commit(context);
        // Not in a handler: the run that is under way takes what it enqueued.
        if (settings.TaskInline && TaskRunner.Current is null)
        {
            await services.GetRequiredService<TaskDrain>().RunAsync(cancellationToken);
        }
    }

    private sealed class Pending
    {
        public List<string> Names { get; } = [];

        public bool IsSaved { get; set; }
    }
}
