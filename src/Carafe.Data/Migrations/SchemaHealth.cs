using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Data.Migrations;

/// <summary>
/// Checks whether this build can work with the schema. It can with a newer one: replicas of the last build keep serving while a new one migrates. It is a
/// check of its own, so its name is visible to callers who see only names.
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
            return seen.Current
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"The schema is behind by {state.Pending.Count}: run 'db upgrade'.");
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            return HealthCheckResult.Degraded("The schema cannot be read while the database cannot be reached.");
        }
    }
}

/// <summary>Remembers that the schema was seen up to date, so a probe does not read the history.</summary>
internal sealed class SchemaSeen<TContext>
{
    public bool Current { get; set; }
}
