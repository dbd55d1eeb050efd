using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Limits;

/// <summary>Reports a store that is away as degraded: requests are served, and not counted.</summary>
internal sealed class LimitHealth(LimitGate gate) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(gate.IsAway ? HealthCheckResult.Degraded($"The store of limits, {gate.Name}, is away.") : HealthCheckResult.Healthy());
}
