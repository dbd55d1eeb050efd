namespace Carafe.Tasks;

/// <summary>Describes a queue.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Waiting">How many tasks a worker may start.</param>
/// <param name="Scheduled">How many are not due yet.</param>
/// <param name="Blocked">How many wait for tasks before them.</param>
/// <param name="Running">How many run.</param>
/// <param name="Failed">How many are parked.</param>
/// <param name="OldestSeconds">How long the task waits that has been due for longest.</param>
public sealed record QueueInfo(string Name, long Waiting, long Scheduled, long Blocked, long Running, long Failed, double OldestSeconds);

/// <summary>Describes a process that runs tasks.</summary>
/// <param name="Name">Its machine and process id.</param>
/// <param name="Queues">The queues that it works on.</param>
/// <param name="Concurrency">How many tasks it runs at once.</param>
/// <param name="Running">How many it ran when it last reported.</param>
/// <param name="StartedAt">Since when.</param>
public sealed record WorkerInfo(string Name, IReadOnlyList<string> Queues, int Concurrency, int Running, DateTimeOffset StartedAt);

/// <summary>Describes a schedule.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">Its cron expression with the time zone, or its interval.</param>
/// <param name="Task">The name of the task that it enqueues.</param>
/// <param name="NextAt">The next tick, or null when there is none.</param>
/// <param name="LastAt">The last tick that was taken, or null.</param>
public sealed record ScheduleInfo(string Name, string Definition, string Task, DateTimeOffset? NextAt, DateTimeOffset? LastAt);

/// <summary>Describes what all workers ran in one minute. Durations are rounded up, to at most 1.42 times what they were.</summary>
/// <param name="StartsAt">When it began.</param>
/// <param name="Succeeded">How many attempts succeeded.</param>
/// <param name="Retried">How many failed and are tried again.</param>
/// <param name="Failed">How many failed and were parked.</param>
public sealed record TaskMinuteInfo(DateTimeOffset StartsAt, long Succeeded, long Retried, long Failed)
{
    /// <summary>Gets how long half of the tasks waited at most though they were due, or null when none was started.</summary>
    public double? WaitMedianSeconds { get; init; }

    /// <summary>Gets how long 95 of 100 waited at most.</summary>
    public double? WaitP95Seconds { get; init; }

    /// <summary>Gets how long half of the attempts ran at most.</summary>
    public double? RunMedianSeconds { get; init; }

    /// <summary>Gets how long 95 of 100 ran at most.</summary>
    public double? RunP95Seconds { get; init; }
}
