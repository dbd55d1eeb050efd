using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Data.Migrations;

/// <summary>
/// Whether the schema is one that this build can work with. A newer one is: replicas of the last build serve on while a new one migrates. A check of its own, so
/// that its name tells whoever may see nothing but names.
/// </summary>
internal sealed class SchemaHealth<TContext>(TContext context, SchemaSeen<TContext> seen) : IHealthCheck
    where TContext : DbContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext _, CancellationToken cancellationToken = default)
    {
        if (seen.Current || !context.Database.GetMigrations().Any())
        {
            return HealthCheckResult.Healthy();
        }

        try
        {
            var state = await SchemaState.ReadAsync(context, cancellationToken);
            seen.Current = state.Pending.Count == 0;
            return seen.Current ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The schema is behind by {state.Pending.Count}: run 'db upgrade'.");
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException)
        {
            return HealthCheckResult.Degraded("The schema cannot be read while the database cannot be reached.");
        }
    }
}

/// <summary>Remembers that the schema was seen up to date, so that a probe costs no look at the history.</summary>
internal sealed class SchemaSeen<TContext>
{
    public bool Current { get; set; }
}
