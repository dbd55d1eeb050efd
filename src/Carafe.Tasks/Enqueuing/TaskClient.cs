namespace Carafe.Tasks;

/// <summary>
/// Enqueues tasks. They are rows of the app's database, so that a task is committed or rolled back with what it belongs to. A worker runs it at least once
/// after that.
/// </summary>
public abstract class TaskClient
{
    private protected TaskClient()
    {
    }

    /// <summary>Adds a task to a context. The context's <c>SaveChanges</c> stores it with everything else.</summary>
    /// <param name="db">The app's context.</param>
    /// <param name="task">The task.</param>
    /// <param name="options">When and how it runs.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="ArgumentException">The type is not registered, an option is invalid, the queue is unknown, or the arguments are too large.</exception>
    public abstract Guid Enqueue<TTask>(DbContext db, TTask task, TaskOptions? options = null)
        where TTask : notnull;

    /// <summary>Stores a task at once, in a transaction of its own.</summary>
    /// <param name="task">The task.</param>
    /// <param name="options">When and how it runs.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Enqueue{TTask}"/>.</exception>
    public abstract Task<Guid> EnqueueAsync<TTask>(TTask task, TaskOptions? options = null, CancellationToken cancellationToken = default)
        where TTask : notnull;

    /// <summary>Adds tasks to a context that run one after the other, each when the one before has succeeded. Celery's <c>chain</c>.</summary>
    /// <param name="db">The app's context.</param>
    /// <param name="tasks">The tasks, in order, of whatever types.</param>
    /// <param name="options">The options of each.</param>
    /// <returns>Their ids. When one is parked, the ones after it are parked as well, until it is retried.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Enqueue{TTask}"/>, or there are none.</exception>
    public abstract IReadOnlyList<Guid> EnqueueChain(DbContext db, IReadOnlyList<object> tasks, TaskOptions? options = null);

    /// <summary>Adds tasks to a context that run side by side, and one that runs when all have succeeded. Celery's <c>chord</c>.</summary>
    /// <param name="db">The app's context.</param>
    /// <param name="tasks">The tasks of the group, up to 1,000.</param>
    /// <param name="then">The task after them; <see cref="TaskContext.GetResultsAsync{TResult}"/> reads their results. Null for none.</param>
    /// <param name="options">The options of each.</param>
    /// <returns>The ids of the group, and that of the last one at the end if there is one.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Enqueue{TTask}"/>, or there are none or too many.</exception>
    public abstract IReadOnlyList<Guid> EnqueueGroup(DbContext db, IReadOnlyList<object> tasks, object? then = null, TaskOptions? options = null);

    /// <summary>Returns a task, or null when there is none, or none any more.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public abstract Task<TaskInfo?> FindAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Cancels a task that has not ended. One that runs has its cancellation token cancelled within seconds; what it does until then stays done.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when there is no such task, or it has ended.</returns>
    public abstract Task<bool> CancelAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Runs a task again that failed, was cancelled or expired, with as many attempts as at first.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>False when there is no such task, or it has not ended in one of these ways.</returns>
    public abstract Task<bool> RetryAsync(Guid id, CancellationToken cancellationToken = default);
}
