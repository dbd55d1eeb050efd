using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Data;

/// <summary>Whether the database can be read and written.</summary>
internal sealed class DatabaseHealth<TContext>(TContext context, DatabaseHandle<TContext> handle) : IHealthCheck
    where TContext : DbContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext _, CancellationToken cancellationToken = default) =>
        await handle.Database.CanServeAsync(context, cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The database cannot be reached, or not be written.");
}
