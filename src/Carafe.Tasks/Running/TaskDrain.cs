using Carafe.Tasks.Definitions;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Running;

/// <summary>Runs, here and now, all tasks that are due and those that they enqueue: for tests, and for <c>TASK_INLINE</c>.</summary>
internal sealed class TaskDrain(ClaimStore claims, WorkerStore workers, TaskRunner runner, TaskCompleter completer, TaskCatalog catalog)
{
    private readonly Guid _worker = Guid.NewGuid();

    public async Task<IReadOnlyList<(ClaimedTask Task, TaskOutcome Outcome)>> RunAsync(CancellationToken cancellationToken)
    {
        var ended = new List<(ClaimedTask, TaskOutcome)>();
        while (true)
        {
            await claims.PromoteAsync(cancellationToken);
            await workers.TidyAsync(cancellationToken);
            var claimed = new List<ClaimedTask>();
            foreach (var lane in catalog.Lanes(catalog.Queues).TakeWhile(_ => claimed.Count == 0))
            {
                claimed.AddRange(await claims.ClaimAsync(lane, 1, _worker, cancellationToken));
            }

            if (claimed.Count == 0)
            {
                return ended;
            }

            var running = new RunningTask(claimed[0]);
            var outcome = await runner.RunAsync(running);
            await completer.RecordAsync(claimed[0], outcome);
            ended.Add((claimed[0], outcome));
        }
    }
}
