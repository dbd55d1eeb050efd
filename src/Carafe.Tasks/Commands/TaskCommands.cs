using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Scheduling;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Commands;

/// <summary>Adds the <c>tasks</c> commands.</summary>
internal static class TaskCommands
{
    private static readonly JsonSerializerOptions Indented = new(TaskJson.Options) { WriteIndented = true };

    public static Command Create(WebApplication app) =>
        new("tasks", "See and steer background tasks.") { List(app), Show(app), Retry(app), Cancel(app), Purge(app), Queues(app), Schedules(app) };

    private static Command List(WebApplication app)
    {
        var state = new Option<TaskState?>("--state") { Description = "Only tasks in this state.", CustomParser = State };
        var queue = new Option<string?>("--queue") { Description = "Only tasks of this queue." };
        var name = new Option<string?>("--task") { Description = "Only tasks of this name." };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };
        var command = new Command("list",
            "List tasks: id, state, attempts, queue, task, when it was enqueued. The newest are first; with --state those that are due, or deleted, last.")
        {
            state,
            queue,
            name,
            limit,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var tasks = await app.Services.GetRequiredService<TaskReader>()
                .ListAsync(parsed.GetValue(state), parsed.GetValue(queue), parsed.GetValue(name), Math.Clamp(parsed.GetValue(limit), 1, 10_000), stop);
            if (tasks.Count == 0)
            {
                // Beside the list, which another program may read.
                await parsed.InvocationConfiguration.Error.WriteLineAsync("There are no such tasks.");
            }

            foreach (var task in tasks)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{task.Id}  {Word(task.State),-9}  {task.Attempt,3}/{task.MaxAttempts,-3}  {task.Queue,-12}  {task.Name,-24}  {task.EnqueuedAt:u}"));
            }

            return 0;
        });
        return command;
    }

    private static Command Show(WebApplication app) => OnOne("show", "Show a task with its arguments, result and last error.", async (id, output, stop) =>
    {
        if (await app.Services.GetRequiredService<TaskClient>().FindAsync(id, stop) is not { } task)
        {
            return false;
        }

        await output.WriteLineAsync(JsonSerializer.Serialize(task, Indented));
        return true;
    });

    private static Command Retry(WebApplication app)
    {
        var id = new Argument<Guid?>("id") { Arity = ArgumentArity.ZeroOrOne, Description = "The task." };
        var failed = new Option<bool>("--failed") { Description = "All failed ones." };
        var name = new Option<string?>("--task") { Description = "With --failed: only tasks of this name." };
        var command = new Command("retry", "Run tasks again that failed, were cancelled or expired.") { id, failed, name };
        command.SetAction(async (parsed, stop) =>
        {
            if (parsed.GetValue(failed) == parsed.GetValue(id).HasValue)
            {
                throw new CommandException("Name a task, or all with --failed.", 2);
            }

            var client = app.Services.GetRequiredService<TaskClient>();
            var ids = parsed.GetValue(id) is { } one ? [one]
                : (await app.Services.GetRequiredService<TaskReader>().ListAsync(TaskState.Failed, null, parsed.GetValue(name), int.MaxValue, stop))
                .Select(task => task.Id).ToList();
            var count = 0;
            foreach (var task in ids)
            {
                count += await client.RetryAsync(task, stop) ? 1 : 0;
            }

            if (count == 0 && parsed.GetValue(id) is { } missing)
            {
                throw new CommandException($"There is no task {missing} that failed, was cancelled or expired.");
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{Count(count)} will run again.");
            return 0;
        });
        return command;
    }

    private static Command Cancel(WebApplication app) => OnOne("cancel", "Cancel a task that has not ended.", async (id, output, stop) =>
    {
        if (!await app.Services.GetRequiredService<TaskClient>().CancelAsync(id, stop))
        {
            return false;
        }

        await output.WriteLineAsync($"{id} is cancelled.");
        return true;
    });

    private static Command Purge(WebApplication app)
    {
        var state = new Argument<TaskState>("state") { Description = "Which ones: succeeded, failed, cancelled, expired, skipped, waiting, scheduled." };
        var queue = new Option<string?>("--queue") { Description = "Only tasks of this queue." };
        var command = new Command("purge", "Delete all tasks in a state.") { state, queue };
        command.SetAction(async (parsed, stop) =>
        {
            if (parsed.GetValue(state) is TaskState.Running or TaskState.Blocked)
            {
                throw new CommandException("Tasks that run, or wait for others, are cancelled and not deleted.", 2);
            }

            var count = await app.Services.GetRequiredService<TaskSteering>().PurgeAsync(parsed.GetValue(state), parsed.GetValue(queue), stop);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Deleted {Count(count)}.");
            return 0;
        });
        return command;
    }

    private static Command Queues(WebApplication app)
    {
        var command = new Command("queues", "Count the tasks of each queue, and list the workers.");
        command.SetAction(async (parsed, stop) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var reader = app.Services.GetRequiredService<TaskReader>();
            foreach (var queue in await reader.QueuesAsync(stop))
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{queue.Name,-16}  {queue.Waiting} waiting (oldest {queue.OldestSeconds:0} s), "
                    + $"{queue.Scheduled} scheduled, {queue.Blocked} blocked, {queue.Running} running, {queue.Failed} failed"));
            }

            foreach (var worker in await reader.WorkersAsync(stop))
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"worker {worker.Name}  {worker.Running}/{worker.Concurrency} running  "
                    + $"{string.Join(',', worker.Queues)}  since {worker.StartedAt:u}"));
            }

            return 0;
        });
        return command;
    }

    private static Command Schedules(WebApplication app)
    {
        var run = new Option<string?>("--run") { Description = "Enqueue this schedule's task now.", HelpName = "NAME" };
        var command = new Command("schedules", "List the schedules with their next tick, or run one now.") { run };
        command.SetAction(async (parsed, stop) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var operators = app.Services.GetRequiredService<ScheduleList>();
            if (parsed.GetValue(run) is { } name)
            {
                var id = await operators.RunAsync(name, stop) ?? throw new CommandException($"There is no schedule '{name}'.");
                await output.WriteLineAsync($"Enqueued {id}.");
                return 0;
            }

            foreach (var schedule in await operators.ListAsync(stop))
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{schedule.Name,-20}  {schedule.Definition,-28}  {schedule.Task,-24}  "
                    + $"next {schedule.NextAt?.ToString("u", CultureInfo.InvariantCulture) ?? "never"}, "
                    + $"last {schedule.LastAt?.ToString("u", CultureInfo.InvariantCulture) ?? "never"}"));
            }

            return 0;
        });
        return command;
    }

    private static Command OnOne(string name, string description, Func<Guid, TextWriter, CancellationToken, Task<bool>> work)
    {
        var id = new Argument<Guid>("id") { Description = "The task." };
        var command = new Command(name, description) { id };
        command.SetAction(async (parsed, stop) => await work(parsed.GetValue(id), parsed.InvocationConfiguration.Output, stop)
            ? 0
            : throw new CommandException($"There is no task {parsed.GetValue(id)}{(name == "cancel" ? " that has not ended" : "")}."));
        return command;
    }

    private static TaskState? State(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var state = Enum.GetValues<TaskState>().Cast<TaskState?>()
            .FirstOrDefault(state => Word(state!.Value).Equals(text, StringComparison.OrdinalIgnoreCase));
        if (state is null)
        {
            result.AddError($"--state '{text}' is none of {string.Join(", ", Enum.GetValues<TaskState>().Select(Word))}.");
        }

        return state;
    }

    private static string Word(TaskState state) => state.ToString().ToLowerInvariant();

    private static string Count(int count) => count == 1 ? "1 task" : string.Create(CultureInfo.InvariantCulture, $"{count} tasks");
}
