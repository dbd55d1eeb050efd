namespace Carafe.Tasks;

/// <summary>Describes a schedule, for <c>AddSchedule</c>.</summary>
public sealed record ScheduleOptions
{
    /// <summary>
    /// Gets the time zone of a cron expression, as an IANA name. When clocks go forward, what falls into the gap runs right after it; when they go back, a
    /// fixed time runs once. Default: <c>UTC</c>.
    /// </summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Gets what happens with ticks that no worker was there for. Default: <see cref="MissedTicks.Skip"/>.</summary>
    public MissedTicks Missed { get; init; } = MissedTicks.Skip;

    /// <summary>Gets the options of the tasks that it enqueues.</summary>
    public TaskOptions Task { get; init; } = new();
}

/// <summary>Lists what happens with ticks of a schedule that no worker was there for within a minute.</summary>
public enum MissedTicks
{
    /// <summary>They are left out.</summary>
    Skip,

    /// <summary>One task stands for all of them.</summary>
    Once,

    /// <summary>Each is made up for, up to 1,000 at once.</summary>
    All,
}
