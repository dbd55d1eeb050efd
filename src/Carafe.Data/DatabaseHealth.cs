using System.Data.Common;
using Carafe.Data.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Data;

/// <summary>Whether the database answers and its schema is one that this build can work with.</summary>
internal sealed class DatabaseHealth<TContext>(TContext context, SchemaSeen<TContext> seen) : IHealthCheck
    where TContext : DbContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext _, CancellationToken cancellationToken = default)
    {
        try
        {
            if (seen.Current || !context.Database.GetMigrations().Any())
            {
                return await context.Database.CanConnectAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The database cannot be reached.");
            }

            var state = await SchemaState.ReadAsync(context, cancellationToken);
            seen.Current = state.Pending.Count == 0;
            return seen.Current
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"The schema is behind by {state.Pending.Count}: run 'db upgrade'.");
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The database cannot be reached.", fault);
        }
    }
}

/// <summary>Remembers that the schema was seen up to date, so that a probe costs no look at the history.</summary>
internal sealed class SchemaSeen<TContext>
{
    public bool Current { get; set; }
}
