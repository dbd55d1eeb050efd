using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>
/// Tries again to connect where the server is just starting or a pooled connection turns out to be dead. That is safe: nothing has been sent yet. A statement
/// that breaks is not repeated, because it may have been committed; the caller gets 503 and decides.
/// </summary>
internal sealed class PostgresConnector : DbConnectionInterceptor
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(450)];

    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var wait in Waits)
        {
            try
            {
                await connection.OpenAsync(cancellationToken);
                return InterceptionResult.Suppress();
            }
            catch (NpgsqlException fault) when (fault.IsTransient && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1))
            {
                await Task.Delay(wait, cancellationToken);
            }
        }

        return result;
    }
}
