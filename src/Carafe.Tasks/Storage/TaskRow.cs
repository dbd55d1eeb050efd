namespace Carafe.Tasks.Storage;

/// <summary>Represents a row of <c>tasks</c>. Times are milliseconds since 1970, which every database compares alike.</summary>
internal sealed class TaskRow
{
    public Guid Id { get; set; }

    public required string Name { get; set; }

    public int Version { get; set; }

    public required string Arguments { get; set; }

    public required string Queue { get; set; }

    /// <summary>Gets or sets what a worker claims from: the queue, or for a task with a limit of its own the queue and the name.</summary>
    public required string Lane { get; set; }

    public TaskState State { get; set; }

    /// <summary>Gets or sets the priority, negated: the order of the index is the order of the claim.</summary>
    public int Rank { get; set; }

    /// <summary>Gets or sets when the row is looked at next: when it became due or will, and once it has ended, when it is deleted.</summary>
    public long NextAt { get; set; }

    public long? ExpiresAt { get; set; }

    public int Attempt { get; set; }

    public int MaxAttempts { get; set; }

    public long Backoff { get; set; }

    public long MaxBackoff { get; set; }

    public long SoftLimit { get; set; }

    public long HardLimit { get; set; }

    public long Retention { get; set; }

    public string? UniqueKey { get; set; }

    public long UniqueFor { get; set; }

    public string? Owner { get; set; }

    /// <summary>Gets or sets the W3C <c>traceparent</c> of what enqueued it.</summary>
    public string? Trace { get; set; }

    /// <summary>Gets or sets how many tasks enqueued one another before this one.</summary>
    public int Depth { get; set; }

    /// <summary>Gets or sets the task that waits for this one.</summary>
    public Guid? ThenId { get; set; }

    /// <summary>Gets or sets the place among those that the same task waits for.</summary>
    public int Position { get; set; }

    /// <summary>Gets or sets how many tasks this one still waits for.</summary>
    public int Waits { get; set; }

    /// <summary>Gets or sets the worker that runs it or ran it last. Only that one may record how it ended.</summary>
    public Guid? Worker { get; set; }

    public double? Progress { get; set; }

    public string? Message { get; set; }

    public string? Result { get; set; }

    public string? Error { get; set; }

    public long EnqueuedAt { get; set; }

    public long? StartedAt { get; set; }

    public long? FinishedAt { get; set; }
}

/// <summary>Represents a row of <c>task_workers</c>: a process that runs tasks, and until when it is believed to.</summary>
internal sealed class WorkerRow
{
    public Guid Id { get; set; }

    public required string Name { get; set; }

    public required string Queues { get; set; }

    public int Concurrency { get; set; }

    public int Running { get; set; }

    public long StartedAt { get; set; }

    public long LeaseUntil { get; set; }
}

/// <summary>Represents a row of <c>task_schedules</c>: the next tick of a schedule, which one worker of all takes.</summary>
internal sealed class ScheduleRow
{
    public required string Name { get; set; }

    /// <summary>Gets or sets what the schedule was when the tick was computed.</summary>
    public required string Definition { get; set; }

    public long NextAt { get; set; }

    public long? LastAt { get; set; }

    public Guid? LastTask { get; set; }
}

/// <summary>Represents a row of <c>task_minutes</c>: what one process ran in one minute of the last hour.</summary>
internal sealed class MinuteRow
{
    public long StartsAt { get; set; }

    public Guid Source { get; set; }

    public long Succeeded { get; set; }

    public long Retried { get; set; }

    public long Failed { get; set; }

    /// <summary>Gets or sets how long tasks waited though they were due, as a <see cref="DurationHistogram"/>.</summary>
    public required string Waits { get; set; }

    /// <summary>Gets or sets how long attempts ran, as a <see cref="DurationHistogram"/>.</summary>
    public required string Runs { get; set; }
}

/// <summary>Represents a row of <c>task_limits</c>: the lock of a limited lane, and the theoretical arrival time of its rate.</summary>
internal sealed class LimitRow
{
    public required string Lane { get; set; }

    public long ArrivesAt { get; set; }
}
