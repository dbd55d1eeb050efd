namespace Carafe.Tasks;

/// <summary>
/// Describes when and how one task runs. What is null comes from the task's <see cref="TaskRegistration.Defaults"/>, and from the defaults named here
/// after that.
/// </summary>
public sealed record TaskOptions
{
    /// <summary>Gets how long to wait before it may start. Celery's <c>countdown</c>. Default: not at all.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Gets the time from which on it may start, in place of <see cref="Delay"/>. Celery's <c>eta</c>.</summary>
    public DateTimeOffset? Eta { get; init; }

    /// <summary>Gets for how long after it was enqueued it may start; then it is <see cref="TaskState.Expired"/>. Default: for ever.</summary>
    public TimeSpan? ExpiresAfter { get; init; }

    /// <summary>Gets the priority, from -100 to 100: of the tasks in a queue that are due, the highest starts first. Default: 0.</summary>
    public int? Priority { get; init; }

    /// <summary>Gets the queue. Default: <c>default</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>Gets how often it is tried again after it failed, up to 100 times. Default: 10. A worker that dies counts as a failure.</summary>
    public int? Retries { get; init; }

    /// <summary>
    /// Gets the wait before the first retry. It doubles with each; a quarter of it, at most, is taken off at random. Default: 5 seconds.
    /// </summary>
    public TimeSpan? Backoff { get; init; }

    /// <summary>Gets the longest wait before a retry. Default: 1 hour.</summary>
    public TimeSpan? MaxBackoff { get; init; }

    /// <summary>
    /// Gets the key, up to 150 characters: while a task of this type with the same key waits or runs, a second is <see cref="TaskState.Skipped"/> in place
    /// of started.
    /// </summary>
    public string? UniqueKey { get; init; }

    /// <summary>Gets for how long after a task with the key has succeeded a second one is skipped as well. Default: not at all.</summary>
    public TimeSpan? UniqueFor { get; init; }

    /// <summary>
    /// Gets for how long it may run until its cancellation token is cancelled, which fails the attempt. Celery's <c>soft_time_limit</c>. Default: 10 minutes.
    /// </summary>
    public TimeSpan? SoftLimit { get; init; }

    /// <summary>
    /// Gets for how long it may run until the worker abandons it: the attempt has failed, and nothing of what the handler still does is recorded. Celery's
    /// <c>time_limit</c>. Default: 30 seconds after <see cref="SoftLimit"/>.
    /// </summary>
    public TimeSpan? HardLimit { get; init; }

    /// <summary>Gets how long it is kept, with its result, after it succeeded. Celery's <c>result_expires</c>. Default: <c>TASK_RETENTION</c>.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>
    /// Gets who may see its state over HTTP, as the subject (<c>sub</c>) of their token. Default: the user of the request that enqueues it.
    /// </summary>
    public string? Owner { get; init; }

    internal TaskOptions Over(TaskOptions? defaults) => defaults is null ? this : new TaskOptions
    {
        Delay = Delay ?? (Eta is null ? defaults.Delay : null),
        Eta = Eta ?? (Delay is null ? defaults.Eta : null),
        ExpiresAfter = ExpiresAfter ?? defaults.ExpiresAfter,
        Priority = Priority ?? defaults.Priority,
        Queue = Queue ?? defaults.Queue,
        Retries = Retries ?? defaults.Retries,
        Backoff = Backoff ?? defaults.Backoff,
        MaxBackoff = MaxBackoff ?? defaults.MaxBackoff,
        UniqueKey = UniqueKey ?? defaults.UniqueKey,
        UniqueFor = UniqueFor ?? defaults.UniqueFor,
        SoftLimit = SoftLimit ?? defaults.SoftLimit,
        HardLimit = HardLimit ?? defaults.HardLimit,
        Retention = Retention ?? defaults.Retention,
        Owner = Owner ?? defaults.Owner,
    };

    /// <summary>Returns what is invalid, or null.</summary>
    internal string? Error() => this switch
    {
        { Delay: not null, Eta: not null } => "Delay and Eta exclude each other",
        { Delay: { } delay } when delay < TimeSpan.Zero => "Delay is negative",
        { ExpiresAfter: { } expires } when expires <= TimeSpan.Zero => "ExpiresAfter must be positive",
        { Priority: < -100 or > 100 } => "Priority must be from -100 to 100",
        { Queue: { } queue } when !TaskNames.IsValid(queue) => $"the queue '{queue}' must be {TaskNames.Form}",
        { Retries: < 0 or > 100 } => "Retries must be from 0 to 100",
        { Backoff: { } backoff } when backoff < TimeSpan.Zero => "Backoff is negative",
        { MaxBackoff: { } most } when most < TimeSpan.Zero => "MaxBackoff is negative",
        { UniqueKey: { } key } when key.Length is 0 or > 150 || key.Contains('\0', StringComparison.Ordinal) => "UniqueKey must have 1 to 150 characters",
        { UniqueFor: { } period } when period < TimeSpan.Zero => "UniqueFor is negative",
        { SoftLimit: { } soft } when soft <= TimeSpan.Zero => "SoftLimit must be positive",
        { HardLimit: { } hard } when hard <= TimeSpan.Zero => "HardLimit must be positive",
        { SoftLimit: { } soft, HardLimit: { } hard } when hard < soft => "HardLimit is shorter than SoftLimit",
        { Retention: { } retention } when retention < TimeSpan.Zero => "Retention is negative",
        { Owner.Length: > 200 } => "Owner must have at most 200 characters",
        _ => null,
    };
}
