namespace Carafe.Tasks;

/// <summary>Lists the states of a task. A task that ended stays in its state until it is deleted.</summary>
public enum TaskState
{
    /// <summary>A worker may start it. Celery's PENDING.</summary>
    Waiting,

    /// <summary>It is not due yet: it was enqueued with a delay, or it failed and is tried again. Celery's RETRY.</summary>
    Scheduled,

    /// <summary>It waits for tasks before it in a chain or a group.</summary>
    Blocked,

    /// <summary>A worker runs it. Celery's STARTED.</summary>
    Running,

    /// <summary>It ended well. Celery's SUCCESS.</summary>
    Succeeded,

    /// <summary>It failed for the last time and is parked with its error. Celery's FAILURE.</summary>
    Failed,

    /// <summary>Somebody cancelled it. Celery's REVOKED.</summary>
    Cancelled,

    /// <summary>Nobody started it before it expired.</summary>
    Expired,

    /// <summary>Another task with its unique key waited, ran, or had just succeeded.</summary>
    Skipped,
}
