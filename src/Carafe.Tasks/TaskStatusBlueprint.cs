using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Carafe.Tasks;

/// <summary>Tells callers what became of the tasks that they started. Each sees its own; for all others there is nothing there.</summary>
public sealed class TaskStatusBlueprint : IBlueprint
{
    /// <inheritdoc/>
    public static string Name => "tasks";

    /// <inheritdoc/>
    public static void Map(RouteGroupBuilder tasks)
    {
        tasks.MapGet("/{id:guid}", GetTask)
            .WithMetadata(new ResponseHeaderMetadata("Retry-After", "When to ask again, in seconds, while it has not ended.", 200) { Example = "1" });
        tasks.MapDelete("/{id:guid}", CancelTask).ProducesErrors(409);
    }

    /// <summary>Fetch the state of a task of your own.</summary>
    internal static async Task<Ok<TaskStatusResponse>> GetTask(Guid id, TaskClient tasks, HttpContext context)
    {
        var task = await FindOwnAsync(id, tasks, context);
        context.Response.Headers.CacheControl = "no-store";
        if (!task.IsFinished)
        {
            context.Response.Headers.RetryAfter = AcceptedTask.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return TypedResults.Ok(TaskStatusResponse.From(task));
    }

    /// <summary>Cancel a task of your own that has not ended.</summary>
    internal static async Task<NoContent> CancelTask(Guid id, TaskClient tasks, HttpContext context)
    {
        await FindOwnAsync(id, tasks, context);
        return await tasks.CancelAsync(id, context.RequestAborted) ? TypedResults.NoContent() : throw Abort.Conflict("The task has ended");
    }

    private static async Task<TaskInfo> FindOwnAsync(Guid id, TaskClient tasks, HttpContext context) =>
        context.User.FindFirst("sub")?.Value is { } caller && await tasks.FindAsync(id, context.RequestAborted) is { } task && task.Owner == caller
            ? task
            : throw Abort.NotFound($"Task {id} not found");
}

/// <summary>Represents the state of a task, for whoever started it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Task">The name of its type.</param>
/// <param name="State">Its state.</param>
/// <param name="EnqueuedAt">When it was enqueued.</param>
/// <param name="FinishedAt">When it ended, or null.</param>
/// <param name="Progress">How far it has come, from 0 to 1, or null when it does not say.</param>
/// <param name="Message">What it does now, or null.</param>
/// <param name="Result">Its result, or null.</param>
public sealed record TaskStatusResponse(
    Guid Id, string Task, TaskState State, DateTimeOffset EnqueuedAt, DateTimeOffset? FinishedAt, double? Progress, string? Message, JsonElement? Result)
{
    internal static TaskStatusResponse From(TaskInfo task) =>
        new(task.Id, task.Name, task.State, task.EnqueuedAt, task.FinishedAt, task.Progress, task.Message, task.Result);
}
