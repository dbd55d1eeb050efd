using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApi.Files;

/// <summary>Whether the folder takes files.</summary>
internal sealed class FileHealth(FileFolder folder) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            folder.Probe();
            folder.Recover();
            return Task.FromResult(HealthCheckResult.Healthy());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            folder.Report(fault);
            return Task.FromResult(HealthCheckResult.Unhealthy("Files cannot be stored."));
        }
    }
}
