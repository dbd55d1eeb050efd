using Carafe.Tasks.Scheduling;
using Carafe.Tasks.Storage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Carafe.Tasks;

/// <summary>Shows and steers all tasks, for callers with the role <c>admin</c>: what the command <c>tasks</c> does, as JSON.</summary>
public sealed class TaskAdminBlueprint : IBlueprint
{
    private const int MostListed = 100;

    private static readonly AuthorizationPolicy Admins = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireRole("admin").Build();

    /// <inheritdoc/>
    public static string Name => "task_admin";

    /// <inheritdoc/>
    public static void Map(RouteGroupBuilder admin)
    {
        admin.RequireAuthorization(Admins);
        admin.MapGet("/", ListTasks);
        admin.MapGet("/{id:guid}", ShowTask);
        admin.MapPost("/{id:guid}/retry", RetryTask).ProducesErrors(409);
        admin.MapPost("/{id:guid}/cancel", CancelTask).ProducesErrors(409);
        admin.MapDelete("/", PurgeTasks);
        admin.MapGet("/queues", ListQueues);
        admin.MapGet("/history", ShowHistory);
        admin.MapGet("/schedules", ListSchedules);
        admin.MapPost("/schedules/{name}/run", RunSchedule);
    }

    /// <summary>
    /// List at most a hundred tasks, of a state, a queue or a name if one is given. The newest are first; with a state those that are due last, or of ended
    /// tasks those that are deleted last.
    /// </summary>
    internal static async Task<Ok<TaskListResponse>> ListTasks(TaskState? state, string? queue, string? task, TaskReader reader, CancellationToken cancel) =>
        TypedResults.Ok(new TaskListResponse(await reader.ListAsync(state, queue, task, MostListed, cancel)));

    /// <summary>Fetch one task with its arguments, its result and its last error.</summary>
    internal static async Task<Ok<TaskInfo>> ShowTask(Guid id, TaskClient tasks, CancellationToken cancel) =>
        TypedResults.Ok(await FindAsync(id, tasks, cancel));

    /// <summary>Run a task again that failed, was cancelled or expired.</summary>
    internal static async Task<NoContent> RetryTask(Guid id, TaskClient tasks, CancellationToken cancel) =>
        await tasks.RetryAsync(id, cancel) ? TypedResults.NoContent()
            : throw Abort.Conflict($"The task is {(await FindAsync(id, tasks, cancel)).State.ToString().ToLowerInvariant()}");

    /// <summary>Cancel a task that has not ended.</summary>
    internal static async Task<NoContent> CancelTask(Guid id, TaskClient tasks, CancellationToken cancel) =>
        await tasks.CancelAsync(id, cancel) ? TypedResults.NoContent()
            : throw Abort.Conflict($"The task is {(await FindAsync(id, tasks, cancel)).State.ToString().ToLowerInvariant()}");

    /// <summary>Delete all tasks in a state, of a queue if one is given. Tasks that run or wait for others stay.</summary>
    internal static async Task<Ok<PurgeResponse>> PurgeTasks(TaskState state, string? queue, TaskSteering steering, CancellationToken cancel) =>
        state is TaskState.Running or TaskState.Blocked
            ? throw Abort.Invalid("state", "must not be running or blocked: cancel such tasks")
            : TypedResults.Ok(new PurgeResponse(await steering.PurgeAsync(state, queue, cancel)));

    /// <summary>Count the tasks of each queue, and list the workers.</summary>
    internal static async Task<Ok<QueuesResponse>> ListQueues(TaskReader reader, CancellationToken cancel) =>
        TypedResults.Ok(new QueuesResponse(await reader.QueuesAsync(cancel), await reader.WorkersAsync(cancel)));

    /// <summary>Count what was run in each of the last sixty minutes, and how long it waited and ran.</summary>
    internal static async Task<Ok<TaskHistoryResponse>> ShowHistory(TaskReader reader, CancellationToken cancel) =>
        TypedResults.Ok(new TaskHistoryResponse(await reader.HistoryAsync(cancel)));

    /// <summary>List the schedules with their next tick.</summary>
    internal static async Task<Ok<SchedulesResponse>> ListSchedules(ScheduleList schedules, CancellationToken cancel) =>
        TypedResults.Ok(new SchedulesResponse(await schedules.ListAsync(cancel)));

    /// <summary>Enqueue a schedule's task now.</summary>
    internal static async Task<Ok<TaskInfo>> RunSchedule(string name, ScheduleList schedules, TaskClient tasks, CancellationToken cancel) =>
        TypedResults.Ok(await FindAsync(await schedules.RunAsync(name, cancel) ?? throw Abort.NotFound($"Schedule '{name}' not found"), tasks, cancel));

    private static async Task<TaskInfo> FindAsync(Guid id, TaskClient tasks, CancellationToken cancel) =>
        await tasks.FindAsync(id, cancel) ?? throw Abort.NotFound($"Task {id} not found");
}

/// <summary>
/// Represents a list of tasks. The newest are first; in a list of one state those that are due last, or of ended tasks those that are deleted last.
/// </summary>
/// <param name="Tasks">The tasks.</param>
public sealed record TaskListResponse(IReadOnlyList<TaskInfo> Tasks);

/// <summary>Represents how many tasks were deleted.</summary>
/// <param name="Deleted">The number.</param>
public sealed record PurgeResponse(int Deleted);

/// <summary>Represents the queues and the workers.</summary>
/// <param name="Queues">The queues.</param>
/// <param name="Workers">The workers that report.</param>
public sealed record QueuesResponse(IReadOnlyList<QueueInfo> Queues, IReadOnlyList<WorkerInfo> Workers);

/// <summary>Represents the last hour.</summary>
/// <param name="Minutes">Sixty minutes, the one that is under way at the end.</param>
public sealed record TaskHistoryResponse(IReadOnlyList<TaskMinuteInfo> Minutes);

/// <summary>Represents the schedules of the app.</summary>
/// <param name="Schedules">The schedules.</param>
public sealed record SchedulesResponse(IReadOnlyList<ScheduleInfo> Schedules);
