using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Storage;
using Carafe.Tasks.Telemetry;

namespace Carafe.Tasks.Running;

/// <summary>Runs one attempt of a task, whatever its handler does, and tells how it ended.</summary>
internal sealed class TaskRunner(
    IServiceScopeFactory scopes, TaskCatalog catalog, OutcomeStore outcomes, TaskMetrics metrics, TaskTally tally, TimeProvider clock,
    ILogger<TaskRunner> logger)
{
    private const int MostError = 8000;

    private static readonly AsyncLocal<ClaimedTask?> Running = new();

    /// <summary>Gets the task whose handler runs here, or null.</summary>
    public static ClaimedTask? Current => Running.Value;

    public async Task<TaskOutcome> RunAsync(RunningTask running)
    {
        var task = running.Task;
        metrics.Started(task.Name, task.Queue, task.Waited);
        var begun = clock.GetTimestamp();
        using var activity = Begin(task);
        using var done = new CancellationTokenSource();
        // Not disposed of: a handler that was abandoned goes on using the token.
        var limited = CancellationTokenSource.CreateLinkedTokenSource(running.Token);
        var soft = Limit(task.SoftLimit, done.Token);
        var hard = Limit(task.HardLimit, done.Token);
        // A handler may block the thread that it begins on.
        var handler = Task.Run(() => HandleAsync(task, limited.Token), CancellationToken.None);
        var first = await Task.WhenAny(handler, soft, running.Abandoned);
        if (first == soft)
        {
            _ = limited.CancelAsync();
            first = await Task.WhenAny(handler, hard, running.Abandoned);
        }

        var late = first == hard || soft.IsCompletedSuccessfully;
        var outcome = first == running.Abandoned ? await running.Abandoned
            : first == hard ? Failure(task, $"It ran for {Seconds(task.HardLimit)} and did not end when it was cancelled. It was abandoned.", null)
            : await handler is { Kind: OutcomeKind.Succeeded } succeeded ? succeeded
            : running.Outcome ?? (late ? Failure(task, $"It ran for longer than {Seconds(task.SoftLimit)} and was cancelled.", null) : await handler);
        await done.CancelAsync();
        // Whoever took the task away knows best, even when the handler came to its end.
        outcome = running.Outcome is { Kind: OutcomeKind.Lost } lost ? lost : outcome;
        var ran = clock.GetElapsedTime(begun);
        metrics.Ended(task.Name, Word(outcome.Kind), ran);
        tally.Add(outcome.Kind, task.Waited, ran);
        activity?.SetStatus(outcome.Kind == OutcomeKind.Succeeded ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        Log(task, outcome);
        return outcome;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a handler throws is the task's error.")]
    private async Task<TaskOutcome> HandleAsync(ClaimedTask task, CancellationToken cancellationToken)
    {
        Running.Value = task;
        using var scope = logger.BeginScope("Task {Task} {TaskId}", task.Name, task.Id);
        try
        {
            if (!catalog.TryFind(task.Name, out var definition, out var handler))
            {
                return Failure(task, $"This app has no task '{task.Name}': its type is gone, or another version of the app enqueued it. Known are "
                    + $"{string.Join(", ", catalog.All.Select(known => known.Name))}.", null);
            }

            if (task.Version > definition.Version)
            {
                return Failure(task, $"The task '{task.Name}' has version {task.Version}, and this app knows it up to {definition.Version}: "
                    + "a newer version of the app enqueued it.", null);
            }

            return Arguments(definition, task) is var (arguments, unreadable) && unreadable is not null ? unreadable
                : await CallAsync(handler, arguments!, task, cancellationToken);
        }
        catch (TaskRetryException retry)
        {
            return Failure(task, retry.Message, retry.Delay);
        }
        catch (TaskRejectedException rejected)
        {
            return new TaskOutcome(OutcomeKind.Parked) { Error = Text(rejected) };
        }
        catch (Exception error)
        {
            return Failure(task, Text(error), null);
        }
    }

    private async Task<TaskOutcome> CallAsync(TaskHandler handler, object arguments, ClaimedTask task, CancellationToken cancellationToken)
    {
        // A scope that fails to end has failed the task: what it was to flush is lost.
        await using var scope = scopes.CreateAsyncScope();
        var result = await handler.RunAsync(arguments, new TaskContext(task, outcomes), scope.ServiceProvider, cancellationToken);
        return new TaskOutcome(OutcomeKind.Succeeded) { Result = result };
    }

    [SuppressMessage("Design", "CA1031", Justification = "An upgrade is the app's code and may throw anything.")]
    private static (object? Arguments, TaskOutcome? Unreadable) Arguments(TaskDefinition definition, ClaimedTask task)
    {
        try
        {
            return (TaskJson.Read(definition, task.Version, task.Arguments), null);
        }
        catch (Exception error)
        {
            return (null, new TaskOutcome(OutcomeKind.Parked)
            {
                Error = Cut($"The arguments of task '{task.Name}', version {task.Version}, cannot be read: {error.Message}"),
            });
        }
    }

    private static TaskOutcome Failure(ClaimedTask task, string error, TimeSpan? delay) => task.Attempt >= task.MaxAttempts
        ? new TaskOutcome(OutcomeKind.Parked) { Error = Cut(error) }
        : new TaskOutcome(OutcomeKind.Retry) { Error = Cut(error), Delay = delay ?? Backoff(task) };

    // Exponential, with up to a quarter off: tasks that failed together do not come back together.
    private static TimeSpan Backoff(ClaimedTask task)
    {
        var wait = Math.Min(task.MaxBackoff, task.Backoff * Math.Pow(2, Math.Min(task.Attempt - 1, 40)));
        return TimeSpan.FromMilliseconds(wait * (1 - (Random.Shared.NextDouble() / 4)));
    }

    private Task Limit(long milliseconds, CancellationToken done) =>
        milliseconds <= 0 ? Task.Delay(Timeout.Infinite, done)
        : Task.Delay(TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue)), clock, done);

    private Activity? Begin(ClaimedTask task)
    {
        _ = ActivityContext.TryParse(task.Trace, null, isRemote: true, out var parent);
        var activity = metrics.Activities.StartActivity($"task {task.Name}", ActivityKind.Consumer, parent);
        activity?.SetTag("task.id", task.Id).SetTag("task.queue", task.Queue).SetTag("task.attempt", task.Attempt);
        return activity;
    }

    private void Log(ClaimedTask task, TaskOutcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Parked)
        {
            logger.LogError("Task {Task} {TaskId} failed in attempt {Attempt} of {MaxAttempts} and is parked: {Error}",
                task.Name, task.Id, task.Attempt, task.MaxAttempts, outcome.Error);
        }
        else if (outcome.Kind == OutcomeKind.Retry)
        {
            logger.LogWarning("Task {Task} {TaskId} failed in attempt {Attempt} of {MaxAttempts} and is tried again in {Delay}: {Error}",
                task.Name, task.Id, task.Attempt, task.MaxAttempts, outcome.Delay, outcome.Error);
        }
    }

    private static string Text(Exception error) => Cut(error.ToString());

    private static string Cut(string error) => (error.Length > MostError ? error[..MostError] : error).Replace('\0', '\uFFFD');

    private static string Seconds(long milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000d:0.###} s");

    private static string Word(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Succeeded => "succeeded",
        OutcomeKind.Retry => "retried",
        OutcomeKind.Parked => "failed",
        OutcomeKind.GiveBack => "given_back",
        _ => "lost",
    };
}
