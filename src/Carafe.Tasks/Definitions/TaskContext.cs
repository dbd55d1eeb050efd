using System.Text.Json;
using Carafe.Tasks.Definitions;

namespace Carafe.Tasks;

/// <summary>Represents the run of a task in its handler. Take it as a parameter.</summary>
public sealed class TaskContext
{
    private readonly ITaskRecorder _recorder;

    internal TaskContext(ClaimedTask task, ITaskRecorder recorder) =>
        (Id, Attempt, MaxAttempts, Name, Queue, EnqueuedAt, _recorder) =
            (task.Id, task.Attempt, task.MaxAttempts, task.Name, task.Queue, DateTimeOffset.FromUnixTimeMilliseconds(task.EnqueuedAt), recorder);

    /// <summary>Gets the task's id. It is the same in every attempt.</summary>
    public Guid Id { get; }

    /// <summary>Gets the number of this attempt; the first is 1.</summary>
    public int Attempt { get; }

    /// <summary>Gets the number of the last attempt: when it fails, the task is parked.</summary>
    public int MaxAttempts { get; }

    /// <summary>Gets the name of the task's type.</summary>
    public string Name { get; }

    /// <summary>Gets the queue that it came from.</summary>
    public string Queue { get; }

    /// <summary>Gets when it was enqueued.</summary>
    public DateTimeOffset EnqueuedAt { get; }

    /// <summary>
    /// Gets a key for other systems, the same in every attempt. A task runs at least once: send it with what must not happen twice, such as a payment's
    /// <c>Idempotency-Key</c>.
    /// </summary>
    public string IdempotencyKey => Id.ToString("N");

    /// <summary>Records how far the task has come, for whoever asks for its state.</summary>
    /// <param name="fraction">The part that is done, from 0 to 1.</param>
    /// <param name="message">What it does now, up to 200 characters.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not from 0 to 1.</exception>
    public Task ReportAsync(double fraction, string? message = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        return _recorder.ReportAsync(Id, fraction, message is { Length: > 200 } ? message[..200] : message, cancellationToken);
    }

    /// <summary>Returns the results of the tasks right before this one: one in a chain, all of them after a group, in their order.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="JsonException">A result is not a <typeparamref name="TResult"/>.</exception>
    public async Task<IReadOnlyList<TResult>> GetResultsAsync<TResult>(CancellationToken cancellationToken = default) =>
        [.. (await _recorder.ResultsBeforeAsync(Id, cancellationToken)).Select(json => TaskJson.ReadResult<TResult>(json ?? "null"))];
}
