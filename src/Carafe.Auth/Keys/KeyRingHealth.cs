using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Auth;

/// <summary>Reports Degraded while the folder of the key ring cannot be read: the app keeps serving with the keys of the last good reading.</summary>
internal sealed class KeyRingHealth(KeyRing ring) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ring.Algorithm != KeyRing.Symmetric && ring.Error is { } error ? HealthCheckResult.Degraded(error) : HealthCheckResult.Healthy());
}
