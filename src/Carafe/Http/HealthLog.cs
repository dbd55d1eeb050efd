using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Http;

/// <summary>Logs when a health check begins to fail and when it passes again. The platform logs every probe, which fills the log.</summary>
internal sealed class HealthLog(ILogger<HealthLog> logger)
{
    private readonly ConcurrentDictionary<string, HealthStatus> _last = new();

    public void Note(HealthReport report)
    {
        foreach (var (name, entry) in report.Entries)
        {
            var before = _last.GetValueOrDefault(name, HealthStatus.Healthy);
            _last[name] = entry.Status;
            if (before != entry.Status && entry.Status == HealthStatus.Healthy)
            {
                logger.LogInformation("Health check {Check} passes again", name);
            }
            else if (before != entry.Status)
            {
                logger.LogWarning("Health check {Check} is {Status}: {Reason}", name, entry.Status, entry.Exception?.Message ?? entry.Description
                    ?? "it gives no reason");
            }
        }
    }
}
