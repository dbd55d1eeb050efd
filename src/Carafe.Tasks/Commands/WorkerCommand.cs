using System.CommandLine;
using System.Runtime.InteropServices;
using Carafe.Commands;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Telemetry;
using Carafe.Tasks.Workers;

namespace Carafe.Tasks.Commands;

/// <summary>Runs tasks in a process of its own, without the server.</summary>
internal sealed class WorkerCommand : Command, IRunsUntilStopped
{
    private readonly WebApplication _app;
    private readonly Option<string[]> _queues = new("--queues")
    {
        Description = "The queues to work on, separated by commas, the first one first. Default: TASK_QUEUES, or all.",
        HelpName = "NAMES",
    };

    private readonly Option<int?> _concurrency = new("--concurrency")
    {
        Description = "How many tasks at once. Default: TASK_CONCURRENCY.",
        HelpName = "NUMBER",
    };

    private WorkerCommand(WebApplication app)
        : base("worker", "Run background tasks until stopped.")
    {
        _app = app;
        Options.Add(_queues);
        Options.Add(_concurrency);
        SetAction(RunAsync);
    }

    public static Command Create(WebApplication app) => new WorkerCommand(app);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = _app.Services.GetRequiredService<TaskCatalog>();
        var settings = _app.Services.GetRequiredService<TaskSettings>();
        const StringSplitOptions Names = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var given = (parsed.GetValue(_queues) ?? []).SelectMany(names => names.Split(',', Names));
        IReadOnlyList<string> queues = given.Any() ? [.. given.Distinct()] : settings.TaskQueues.Count > 0 ? settings.TaskQueues : catalog.Queues;
        if (queues.FirstOrDefault(queue => !catalog.Queues.Contains(queue)) is { } unknown)
        {
            throw new CommandException($"Nothing is ever enqueued into '{unknown}'. The queues are {string.Join(", ", catalog.Queues)}.", 2);
        }

        var concurrency = parsed.GetValue(_concurrency) ?? settings.TaskConcurrency;
        if (concurrency is < 1 or > 1000)
        {
            throw new CommandException("--concurrency must be from 1 to 1000.", 2);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = OnSignal(PosixSignal.SIGINT, stop);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stop);
        using var quit = OnSignal(PosixSignal.SIGQUIT, stop);
        using var hangUp = OnSignal(PosixSignal.SIGHUP, stop);
        var pulse = _app.Services.GetRequiredService<TaskPulse>();
        await pulse.StartAsync(stop.Token);
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"Works on {string.Join(", ", queues)}, {concurrency} tasks at once.");
        await _app.Services.GetRequiredService<TaskWorker>().RunAsync(queues, concurrency, stop.Token);
        await pulse.StopAsync(CancellationToken.None);
        return 0;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        stop.Cancel();
    });
}
