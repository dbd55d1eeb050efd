using Carafe.Tasks.Definitions;
using Carafe.Tasks.Running;
using Carafe.Tasks.Scheduling;

namespace Carafe.Tasks.Workers;

/// <summary>Runs tasks in the web process, where the settings say so.</summary>
internal sealed class TaskWorkerService(IServiceProvider services, IHostEnvironment environment, ILogger<TaskWorkerService> logger) : BackgroundService
{
    // Hosted services are made before the settings are validated. What reads a setting is therefore asked for at the start.
    private TaskSettings Settings => services.GetRequiredService<TaskSettings>();

    private bool IsWorker => !Settings.TaskInline && (Settings.TaskWorker ?? !environment.IsEnvironment("Testing"));

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IsWorker)
        {
            await PlanAsync(cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => IsWorker
        ? services.GetRequiredService<TaskWorker>().RunAsync(
            Settings.TaskQueues.Count > 0 ? Settings.TaskQueues : services.GetRequiredService<TaskCatalog>().Queues, Settings.TaskConcurrency, stoppingToken)
        : Task.CompletedTask;

    // Schedules count from the start of the app, also where a test runs the tasks.
    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        try
        {
            await services.GetRequiredService<ScheduleClock>().TickAsync(cancellationToken);
        }
        catch (Exception error) when (TaskCompleter.IsDatabase(error))
        {
            logger.LogDebug(error, "The schedules are not planned yet");
        }
    }
}
