using System.ComponentModel.DataAnnotations;

namespace Carafe.Tasks;

/// <summary>Holds the settings of tasks.</summary>
public sealed class TaskSettings
{
    /// <summary>
    /// Gets <c>TASK_WORKER</c>: whether the web process runs tasks itself. Set it to false where <c>worker</c> processes do. Default: true, but
    /// false in Testing, where a test runs them.
    /// </summary>
    public bool? TaskWorker { get; init; }

    /// <summary>Gets <c>TASK_QUEUES</c>: the queues that this process works on, the first one first. Default: all that the app knows.</summary>
    public IReadOnlyList<string> TaskQueues { get; init; } = [];

    /// <summary>Gets <c>TASK_CONCURRENCY</c>: how many tasks a process runs at once. Default: 8.</summary>
    [Range(1, 1000)]
    public int TaskConcurrency { get; init; } = 8;

    /// <summary>
    /// Gets <c>TASK_LEASE</c>: for how long a worker that no longer reports is waited for, until its tasks are given to others. It reports five
    /// times as often. Default: 15 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan TaskLease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets <c>TASK_POLL</c>: how often an idle worker looks for tasks that nobody woke it for. Default: 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan TaskPoll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets <c>TASK_STOP_TIMEOUT</c>: for how long a worker that is stopped lets its tasks go on. Those that are left are cancelled and given back.
    /// Default: 20 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan TaskStopTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets <c>TASK_RETENTION</c>: how long tasks are kept that succeeded. Default: 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan TaskRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Gets <c>TASK_FAILED_RETENTION</c>: how long all others are kept that ended. Default: 14 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan TaskFailedRetention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Gets <c>TASK_STALLED_AFTER</c>: how long a task may wait, though it is due, until the health check <c>tasks</c> is degraded. Default: 5
    /// minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan TaskStalledAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets <c>TASK_INLINE</c>: whether the process that enqueues a task runs it before <c>SaveChangesAsync</c> returns, for tests that only look
    /// at the end. Celery's <c>task_always_eager</c>, but after the commit. Default: false.
    /// </summary>
    public bool TaskInline { get; init; }
}
