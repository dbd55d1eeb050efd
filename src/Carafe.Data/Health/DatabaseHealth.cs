using System.Data.Common;
using Carafe.Data.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Carafe.Data.Health;

/// <summary>Checks whether the database can be read and written.</summary>
internal sealed class DatabaseHealth<TContext>(TContext context, DatabaseHandle<TContext> handle, DatabaseState state) : IHealthCheck
    where TContext : DbContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext _, CancellationToken cancellationToken = default)
    {
        if (handle.Database.FindTrouble() is { } trouble)
        {
            state.Report(trouble);
            return HealthCheckResult.Unhealthy(trouble.Reason);
        }

        try
        {
            if (await handle.Database.CanServeAsync(context, cancellationToken))
            {
                state.Clear(handle.Database.ToString());
                return HealthCheckResult.Healthy();
            }
        }
        catch (DbException error)
        {
            state.Report(handle.Database.TroubleOf(error));
        }

        return HealthCheckResult.Unhealthy(state.Trouble?.Reason ?? $"{handle.Database} cannot be reached.");
    }
}
