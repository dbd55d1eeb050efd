using System.Diagnostics.CodeAnalysis;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Running;

/// <summary>Represents a task that runs in this process, and what can end it early.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A handler that was abandoned goes on using the token; the source has no timer to release.")]
internal sealed class RunningTask(ClaimedTask task)
{
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<TaskOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskOutcome? _outcome;

    public ClaimedTask Task => task;

    public CancellationToken Token => _end.Token;

    /// <summary>Gets the outcome that was decided from outside, or null.</summary>
    public TaskOutcome? Outcome => _outcome;

    /// <summary>Gets what completes when nobody waits for the handler any more.</summary>
    public Task<TaskOutcome> Abandoned => _ended.Task;

    /// <summary>Gets or sets whether its handler has ended. The end may not be recorded yet.</summary>
    public bool HasEnded { get; set; }

    public Task Recorded { get; set; } = System.Threading.Tasks.Task.CompletedTask;

    /// <summary>Cancels the handler's token, and lets its end count as this outcome.</summary>
    public void End(TaskOutcome outcome)
    {
        lock (_lock)
        {
            _outcome ??= outcome;
        }

        // Callbacks of the handler run elsewhere: one that blocks must not hold up the worker.
        _ = _end.CancelAsync();
    }

    /// <summary>Stops waiting for a handler that does not react.</summary>
    public void Abandon() => _ended.TrySetResult(_outcome ?? TaskOutcome.GiveBack);
}
