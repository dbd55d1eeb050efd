using System.Text.Json;

namespace Carafe.Tasks;

/// <summary>Describes a task as the database has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The name of its type.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="State">Its state.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Attempt">How often it was started.</param>
/// <param name="MaxAttempts">How often it is started at most.</param>
/// <param name="EnqueuedAt">When it was enqueued.</param>
public sealed record TaskInfo(
    Guid Id, string Name, string Queue, TaskState State, int Priority, int Attempt, int MaxAttempts, DateTimeOffset EnqueuedAt)
{
    /// <summary>Gets when it may start (<see cref="TaskState.Scheduled"/>), or null.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Gets when the last attempt began, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets when it ended, or null.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Gets how far it has come, from 0 to 1, or null when the handler did not say.</summary>
    public double? Progress { get; init; }

    /// <summary>Gets what the handler said last, or null.</summary>
    public string? Message { get; init; }

    /// <summary>Gets the error of the last attempt that failed, or null. It is for operators: it may hold anything that an exception holds.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the arguments.</summary>
    public required JsonElement Arguments { get; init; }

    /// <summary>Gets the result, or null when there is none.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Gets who may see it, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets whether it has ended.</summary>
    public bool IsFinished => State >= TaskState.Succeeded;
}
