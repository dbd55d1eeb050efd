using System.Globalization;
using System.Text.Json;
using Carafe.Tasks;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Running;
using Carafe.Tasks.Scheduling;
using Carafe.Tasks.Storage;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Testing;

/// <summary>
/// Looks at the tasks of an app under test, and runs them when the test says so. In the Testing environment no worker does; delays and retries are due by
/// <see cref="TestApp.Clock"/>.
/// </summary>
public sealed class TestTasks
{
    private readonly TestApp _app;

    internal TestTasks(TestApp app) => _app = app;

    /// <summary>Returns all tasks, in the order in which they were enqueued.</summary>
    public async Task<IReadOnlyList<TaskInfo>> ListAsync() =>
        [.. (await RowsAsync(null)).Select(TaskReader.Read)];

    /// <summary>Expects that exactly one task of a type was enqueued, whatever became of it, and returns it.</summary>
    /// <param name="match">Which one is meant, where several were. Default: any.</param>
    /// <exception cref="UnexpectedTaskException">There is none, or there are several.</exception>
    public async Task<TTask> ExpectEnqueued<TTask>(Func<TTask, bool>? match = null)
        where TTask : notnull
    {
        var found = (await AllAsync<TTask>()).Where(task => match?.Invoke(task) ?? true).ToList();
        return found is [var only] ? only : throw new UnexpectedTaskException(
            $"Expected one task {typeof(TTask).Name}{(match is null ? "" : " that matches")}, and found {Count(found.Count)}. {await DescribeAsync()}");
    }

    /// <summary>Expects that no task of a type was enqueued.</summary>
    /// <param name="match">Which ones must not have been. Default: any.</param>
    /// <exception cref="UnexpectedTaskException">There is one.</exception>
    public async Task ExpectNoneEnqueued<TTask>(Func<TTask, bool>? match = null)
        where TTask : notnull
    {
        if ((await AllAsync<TTask>()).Any(task => match?.Invoke(task) ?? true))
        {
            throw new UnexpectedTaskException($"Expected no task {typeof(TTask).Name}. {await DescribeAsync()}");
        }
    }

    /// <summary>Runs all tasks that are due, those that schedules enqueue now, and those that they enqueue in turn, one after the other.</summary>
    /// <returns>The tasks that ran, as they are now.</returns>
    /// <exception cref="UnexpectedTaskException">One failed. Its error is in the message; it stays as it is, to be tried again or parked.</exception>
    public async Task<IReadOnlyList<TaskInfo>> RunAsync()
    {
        var ended = await AttemptAsync();
        return ended.FirstOrDefault(task => task.State is TaskState.Failed or TaskState.Scheduled && task.Error is not null) is { } failed
            ? throw new UnexpectedTaskException($"The task {failed.Name} failed in attempt {failed.Attempt}: {failed.Error}")
            : ended;
    }

    /// <summary>Runs them as <see cref="RunAsync"/> does, and leaves it to the test what becomes of those that fail.</summary>
    /// <returns>The tasks that ran, as they are now.</returns>
    public async Task<IReadOnlyList<TaskInfo>> AttemptAsync()
    {
        await _app.Services.GetRequiredService<ScheduleClock>().TickAsync(CancellationToken.None);
        var ended = await _app.Services.GetRequiredService<TaskDrain>().RunAsync(CancellationToken.None);
        var ids = ended.Select(one => one.Task.Id).Distinct().ToList();
        return [.. (await RowsAsync(null)).Where(row => ids.Contains(row.Id)).OrderBy(row => ids.IndexOf(row.Id)).Select(TaskReader.Read)];
    }

    private async Task<IEnumerable<TTask>> AllAsync<TTask>()
        where TTask : notnull
    {
        var definition = _app.Services.GetRequiredService<TaskCatalog>().Of(typeof(TTask));
        return (await RowsAsync(definition.Name)).Select(row => (TTask)TaskJson.Read(definition, row.Version, row.Arguments));
    }

    private Task<List<TaskRow>> RowsAsync(string? name) =>
        _app.Services.GetRequiredService<TaskDatabase>().WithAsync(db => db.Set<TaskRow>().AsNoTracking()
            .Where(row => name == null || row.Name == name).OrderBy(row => row.EnqueuedAt).ThenBy(row => row.Id).ToListAsync());

    private async Task<string> DescribeAsync()
    {
        var all = await ListAsync();
        return all.Count == 0 ? "No task was enqueued." : "Enqueued were: " + string.Join(", ",
            all.Select(task => $"{task.Name} {JsonSerializer.Serialize(task.Arguments)} ({task.State})")) + ".";
    }

    private static string Count(int count) => count == 0 ? "none" : count.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Thrown when tasks are not as a test expects them.</summary>
/// <param name="message">What was expected and what there is.</param>
public sealed class UnexpectedTaskException(string message) : Exception(message);
