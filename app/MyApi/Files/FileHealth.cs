using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApi.Files;

/// <summary>Checks whether the folder accepts files.</summary>
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            folder.Report(error);
            return Task.FromResult(HealthCheckResult.Unhealthy("Files cannot be stored."));
        }
    }
}
