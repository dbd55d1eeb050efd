using System.Collections.Concurrent;
using Carafe.Tasks.Running;
using Carafe.Tasks.Storage;
using Carafe.Tasks.Telemetry;

namespace Carafe.Tasks.Workers;

/// <summary>
/// Keeps a worker in the list of those that live, and does what some worker must: gives the tasks of dead workers to others, ends what cannot start any more,
/// deletes what is past its time.
/// </summary>
internal sealed class WorkerLease(
    WorkerStore workers, MinuteStore minutes, TaskTally tally, TaskSettings settings, TaskWaker waker, WorkerRow worker, ILogger logger)
{
    private const int TidyEvery = 4;
    private const int PruneEvery = 20;

    // However much there is to delete, the lease is renewed in between.
    private const int MostBatches = 40;

    // For each that may run. A database that records slower than tasks end must slow them down, and a kill must not undo many.
    private const int MostUnrecorded = 4;

    private readonly ConcurrentDictionary<Guid, RunningTask> _running = new();
    private long _renewed = TimeProvider.System.GetTimestamp();
    private int _beats;
    private bool _hasMoreToPrune;

    public Guid Id => worker.Id;

    public IEnumerable<RunningTask> Running => _running.Values;

    /// <summary>Gets how many tasks may be taken. It is none as well when too many have ended whose end is not recorded yet.</summary>
    public int Free => Math.Min(worker.Concurrency - Busy, (MostUnrecorded * worker.Concurrency) - _running.Count);

    private int Busy => _running.Count(pair => !pair.Value.HasEnded);

    public void Add(RunningTask task) => _running[task.Task.Id] = task;

    public void Remove(RunningTask task) => _running.TryRemove(KeyValuePair.Create(task.Task.Id, task));

    public Task BeginAsync(CancellationToken cancellationToken) => workers.AddAsync(worker, cancellationToken);

    public async Task EndAsync()
    {
        await tally.FlushAsync(CancellationToken.None);
        await workers.RemoveAsync(worker.Id, CancellationToken.None);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await BeatAsync(cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                logger.LogWarning("The worker could not report: {Reason}", error.Message);
                if (TimeProvider.System.GetElapsedTime(_renewed) > settings.TaskLease)
                {
                    // By now the tasks may be another's.
                    Lose();
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(settings.TaskLease / 5, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        if (!await workers.RenewAsync(worker.Id, Busy, cancellationToken))
        {
            logger.LogWarning("The worker {Worker} did not report for longer than its lease: its tasks are given up", worker.Name);
            Lose();
            worker.Id = Guid.NewGuid();
            await workers.AddAsync(worker, cancellationToken);
        }

        _renewed = TimeProvider.System.GetTimestamp();
        var mine = _running.Values.Where(task => task.Task.Worker == worker.Id).ToList();
        if (mine.Count > 0)
        {
            foreach (var lost in await workers.LostAsync(worker.Id, [.. mine.Select(task => task.Task.Id)], cancellationToken))
            {
                mine.Find(task => task.Task.Id == lost)!.End(TaskOutcome.Lost);
            }
        }

        await MaintainAsync(cancellationToken);
        await tally.FlushAsync(cancellationToken);
    }

    private async Task MaintainAsync(CancellationToken cancellationToken)
    {
        var changed = await workers.RescueAsync(cancellationToken);
        if (_beats % TidyEvery == 0)
        {
            changed += await workers.TidyAsync(cancellationToken);
        }

        if (_hasMoreToPrune || _beats % PruneEvery == 0)
        {
            await PruneAsync(cancellationToken);
        }

        _beats++;
        if (changed > 0)
        {
            waker.Wake();
        }
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        _hasMoreToPrune = true;
        for (var batch = 0; _hasMoreToPrune && batch < MostBatches; batch++)
        {
            _hasMoreToPrune = await workers.PruneAsync(cancellationToken);
            if (_hasMoreToPrune)
            {
                // Others write in between.
                await Task.Delay(10, cancellationToken);
            }
        }

        await minutes.PruneAsync(cancellationToken);
    }

    private void Lose()
    {
        foreach (var task in _running.Values)
        {
            task.End(TaskOutcome.Lost);
        }
    }
}
