using System.Data.Common;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Running;

/// <summary>Records outcomes, and those of plain successes that come together in one statement.</summary>
internal sealed class TaskCompleter(OutcomeStore outcomes, TaskSettings settings, TaskWaker waker, ILogger<TaskCompleter> logger)
{
    private const int MostAtOnce = 128;

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private List<(ClaimedTask Task, TaskCompletionSource<bool> Done)> _waiting = [];
    private bool _working;

    /// <summary>Records an outcome. While the database does not respond it tries for as long as the lease lasts; then another worker runs the task.</summary>
    public async Task RecordAsync(ClaimedTask task, TaskOutcome outcome)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (!await StoreAsync(task, outcome))
                {
                    logger.LogWarning("The end of task {Task} {TaskId} is not recorded: it was cancelled, or it is another worker's by now",
                        task.Name, task.Id);
                }

                return;
            }
            catch (Exception error) when (IsDatabase(error))
            {
                if (TimeProvider.System.GetElapsedTime(begun) > settings.TaskLease)
                {
                    logger.LogError(error, "The end of task {Task} {TaskId} could not be recorded; it will run again", task.Name, task.Id);
                    return;
                }

                await Task.Delay(Again);
            }
        }
    }

    /// <summary>Returns whether an error is the database's, which may be well again in a moment.</summary>
    public static bool IsDatabase(Exception error) =>
        error is DbException or DbUpdateException or TimeoutException or IOException || (error is InvalidOperationException { InnerException: { } inner }
            && IsDatabase(inner));

    private async Task<bool> StoreAsync(ClaimedTask task, TaskOutcome outcome)
    {
        switch (outcome.Kind)
        {
            case OutcomeKind.Succeeded when outcome.Result is null && task.ThenId is null:
                return await TogetherAsync(task);
            case OutcomeKind.Succeeded:
                var isMine = await outcomes.SucceedAsync(task, outcome.Result, CancellationToken.None);
                waker.Wake();
                return isMine;
            case OutcomeKind.Retry:
                var isRetried = await outcomes.RetryAsync(task, outcome.Delay, outcome.Error!, CancellationToken.None);
                waker.Wake();
                return isRetried;
            case OutcomeKind.Parked:
                return await outcomes.ParkAsync(task, outcome.Error!, CancellationToken.None);
            case OutcomeKind.GiveBack:
                return await outcomes.GiveBackAsync(task, CancellationToken.None);
            default:
                return true;
        }
    }

    private Task<bool> TogetherAsync(ClaimedTask task)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool idle;
        lock (_lock)
        {
            _waiting.Add((task, done));
            idle = !_working;
            _working = true;
        }

        if (idle)
        {
            _ = Task.Run(WorkAsync);
        }

        return done.Task;
    }

    private async Task WorkAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            foreach (var group in batch.GroupBy(one => one.Task.Worker).SelectMany(group => group.Chunk(MostAtOnce)))
            {
                try
                {
                    var mine = await outcomes.SucceedAsync([.. group.Select(one => one.Task)], CancellationToken.None);
                    Array.ForEach(group, one => one.Done.SetResult(mine.Contains(one.Task.Id)));
                }
                catch (Exception error) when (error is not OutOfMemoryException)
                {
                    Array.ForEach(group, one => one.Done.SetException(error));
                }
            }
        }
    }

    private List<(ClaimedTask Task, TaskCompletionSource<bool> Done)> Take()
    {
        lock (_lock)
        {
            var batch = _waiting;
            _waiting = [];
            _working = batch.Count > 0;
            return batch;
        }
    }
}
