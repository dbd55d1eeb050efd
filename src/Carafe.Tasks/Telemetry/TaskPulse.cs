using System.Data.Common;
using Carafe.Tasks.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Tasks.Telemetry;

/// <summary>Looks how long the oldest task waits that is due, for the metric and the health check, and compares the clocks.</summary>
internal sealed class TaskPulse(TaskDatabase database, TaskMetrics metrics, IOptions<TaskSettings> settings, ILogger<TaskPulse> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var oldest = await LookAsync(cancellationToken);
            // Restarting or avoiding this process would not help: the app serves, and somebody has to look.
            return oldest < settings.Value.TaskStalledAfter.TotalMilliseconds
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded($"A task has been due for {TimeSpan.FromMilliseconds(oldest):d\\.hh\\:mm\\:ss} and no worker has started it.");
        }
        catch (DbException error)
        {
            return HealthCheckResult.Degraded(error.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!database.Clock.IsSystem)
        {
            // A test has a clock of its own, and looks when it wants to.
            return;
        }

        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogDebug(error, "The tasks could not be looked at");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<long> LookAsync(CancellationToken cancellationToken)
    {
        var before = database.Clock.Local();
        var rows = await database.QueryAsync("SELECT (SELECT next_at FROM tasks WHERE state = 0 ORDER BY next_at LIMIT 1), NOW()",
            row => (Oldest: row.IsDBNull(0) ? (long?)null : row.GetInt64(0), Now: row.GetInt64(1)), cancellationToken);
        var (oldest, now) = rows[0];
        database.Clock.Measure(before, now, database.Clock.Local());
        var waits = Math.Max(0, now - (oldest ?? now));
        metrics.Oldest(waits);
        return waits;
    }
}
