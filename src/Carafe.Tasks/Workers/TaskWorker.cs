using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Carafe.Data.Health;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Running;
using Carafe.Tasks.Scheduling;
using Carafe.Tasks.Storage;
using Carafe.Tasks.Telemetry;

namespace Carafe.Tasks.Workers;

/// <summary>Runs the tasks of some queues until it is stopped.</summary>
internal sealed class TaskWorker(
    ClaimStore claims, WorkerStore workers, MinuteStore minutes, TaskTally tally, TaskRunner runner, TaskCompleter completer, ScheduleClock schedules,
    TaskWaker waker, TaskCatalog catalog, TaskSettings settings, TaskClock clock, DatabaseState database, ILogger<TaskWorker> logger)
{
    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(3);

    // While some end, more will: one statement takes the tasks of all their places.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(2);

    private const long StillWaiting = 50;

    private volatile bool _isDrained;
    private bool _isUnsure;

    /// <summary>Works until it is stopped, and then lets what runs come to its end, for as long as the settings say.</summary>
    public async Task RunAsync(IReadOnlyList<string> queues, int concurrency, CancellationToken stopping)
    {
        var lanes = catalog.Lanes(queues);
        var lease = new WorkerLease(workers, minutes, tally, settings, waker, new WorkerRow
        {
            Id = Guid.NewGuid(),
            Name = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}"),
            Queues = string.Join(',', queues),
            Concurrency = concurrency,
        }, logger);
        if (!await BeginAsync(lease, stopping))
        {
            return;
        }

        using var end = new CancellationTokenSource();
        var beating = lease.RunAsync(end.Token);
        var listening = waker.ListenAsync(stopping);
        while (!stopping.IsCancellationRequested)
        {
            await WorkAsync(lease, lanes, concurrency, stopping);
        }

        await StopAsync(lease);
        await end.CancelAsync();
        await Task.WhenAll(beating, listening);
        await EndAsync(lease);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A worker goes on whatever happens to one round.")]
    private async Task WorkAsync(WorkerLease lease, IReadOnlyList<Lane> lanes, int concurrency, CancellationToken stopping)
    {
        try
        {
            if (database.IsGone)
            {
                // What would be recorded now, nobody would find again.
                await Task.Delay(AfterError, stopping);
                return;
            }

            if (_isUnsure)
            {
                await workers.ReturnAsync(lease.Id, [.. lease.Running.Select(task => task.Task.Id)], stopping);
                _isUnsure = false;
            }

            // Before tasks start: what ends from here on wakes this loop.
            _isDrained = false;
            var free = lease.Free;
            if (free <= 0 || await StartAsync(lease, lanes, free, stopping) == free)
            {
                if (await waker.WaitAsync(settings.TaskPoll, stopping) && lease.Free * 2 < concurrency)
                {
                    await Task.Delay(Gather, stopping);
                }

                return;
            }

            // What has ended holds its type's limit until that is recorded.
            _isDrained = !lease.Running.Any(task => task.HasEnded);
            await IdleAsync(lanes, stopping);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error)
        {
            logger.LogWarning("Tasks could not be taken: {Reason}", error.Message);
            // They may have been, and the response was lost: no lease that ends would give them back.
            _isUnsure = true;
            await Task.Delay(AfterError, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> StartAsync(WorkerLease lease, IReadOnlyList<Lane> lanes, int free, CancellationToken stopping)
    {
        var started = 0;
        foreach (var lane in lanes)
        {
            if (started == free)
            {
                break;
            }

            // What is taken is started, though the worker may be stopped meanwhile.
            stopping.ThrowIfCancellationRequested();
            foreach (var task in await claims.ClaimAsync(lane, free - started, lease.Id, CancellationToken.None))
            {
                var running = new RunningTask(task);
                lease.Add(running);
                running.Recorded = RunAsync(lease, running);
                started++;
            }
        }

        return started;
    }

    // Looks, without writing, for what nobody woke it for, until there is something.
    private async Task IdleAsync(IReadOnlyList<Lane> lanes, CancellationToken stopping)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var scheduled = await schedules.TickAsync(stopping);
            var (due, isWaiting) = await claims.PeekAsync(lanes, stopping);
            if ((due <= clock.Now && await claims.PromoteAsync(stopping) > 0) || (isWaiting && !isFirst))
            {
                return;
            }

            // What waits though nothing was to be had just now has reached a limit, or is a second one of its unique key.
            var next = isWaiting ? clock.Now + StillWaiting : Math.Min(due ?? long.MaxValue, scheduled ?? long.MaxValue);
            var wait = Math.Clamp(next - clock.Now, 1, (long)settings.TaskPoll.TotalMilliseconds);
            if (await waker.WaitAsync(TimeSpan.FromMilliseconds(wait), stopping))
            {
                return;
            }
        }
    }

    private async Task RunAsync(WorkerLease lease, RunningTask running)
    {
        try
        {
            var outcome = await runner.RunAsync(running);
            // Its place is free: the next one starts while the end of this one is recorded.
            running.HasEnded = true;
            WakeUnlessDrained();
            await completer.RecordAsync(running.Task, outcome);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            logger.LogError(error, "Task {Task} {TaskId} ended without a record; it will run again", running.Task.Name, running.Task.Id);
        }
        finally
        {
            lease.Remove(running);
            WakeUnlessDrained();
        }
    }

    private void WakeUnlessDrained()
    {
        if (!_isDrained)
        {
            waker.Wake();
        }
    }

    private async Task StopAsync(WorkerLease lease)
    {
        var all = lease.Running.ToList();
        if (await EndedAsync(all, settings.TaskStopTimeout))
        {
            return;
        }

        all = [.. lease.Running];
        logger.LogInformation("{Count} tasks are cancelled and given back", all.Count(task => !task.HasEnded));
        all.ForEach(task => task.End(TaskOutcome.GiveBack));
        if (!await EndedAsync(all, LastWait))
        {
            all.ForEach(task => task.Abandon());
            await EndedAsync(all, LastWait);
        }
    }

    private static async Task<bool> EndedAsync(List<RunningTask> tasks, TimeSpan most)
    {
        var all = Task.WhenAll(tasks.Select(task => task.Recorded));
        return await Task.WhenAny(all, Task.Delay(most)) == all;
    }

    private async Task EndAsync(WorkerLease lease)
    {
        try
        {
            await lease.EndAsync();
        }
        catch (Exception error) when (TaskCompleter.IsDatabase(error))
        {
            logger.LogDebug(error, "The worker is still in the list of workers, until its lease ends");
        }
    }

    // The tables may not be there yet: the app's first migration runs while the host starts.
    private async Task<bool> BeginAsync(WorkerLease lease, CancellationToken stopping)
    {
        for (var isFirst = true; !stopping.IsCancellationRequested; isFirst = false)
        {
            try
            {
                await lease.BeginAsync(stopping);
                return true;
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                logger.Log(isFirst ? LogLevel.Warning : LogLevel.Debug, "Tasks cannot be run yet: {Reason}", error.Message);
                await Task.Delay(AfterError, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return false;
    }
}
