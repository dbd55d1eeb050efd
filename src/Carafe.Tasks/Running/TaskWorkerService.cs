using Carafe.Tasks.Definitions;
using Carafe.Tasks.Scheduling;

namespace Carafe.Tasks.Running;

/// <summary>Runs tasks in the web process, where the settings say so.</summary>
internal sealed class TaskWorkerService(
    TaskWorker worker, TaskCatalog catalog, TaskSettings settings, ScheduleClock schedules, ILogger<TaskWorkerService> logger) : BackgroundService
{
    private bool IsWorker => settings is { TaskWorker: true, TaskInline: false };

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsWorker)
        {
            await PlanAsync(cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => IsWorker
        ? worker.RunAsync(settings.TaskQueues.Count > 0 ? settings.TaskQueues : catalog.Queues, settings.TaskConcurrency, stoppingToken)
        : Task.CompletedTask;

    // Schedules count from the start of the app, also where a test runs the tasks.
    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        try
        {
            await schedules.TickAsync(cancellationToken);
        }
        catch (Exception error) when (TaskCompleter.IsDatabase(error))
        {
            logger.LogDebug(error, "The schedules are not planned yet");
        }
    }
}
