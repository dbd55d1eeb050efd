using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Carafe.Data.Postgres;

/// <summary>
/// Retries to connect when the server is just starting or a pooled connection is dead. That is safe: nothing has been sent yet. A statement that fails is
/// not repeated, because it may have been committed; the caller gets 503 and decides. A connection that timed out is not retried either: that was the
/// wait.
/// </summary>
internal sealed class PostgresConnector(PostgresWatch watch) : DbConnectionInterceptor
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(450)];

    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await connection.OpenAsync(cancellationToken);
                return InterceptionResult.Suppress();
            }
            catch (NpgsqlException error)
                when (attempt < Waits.Length && error.IsTransient && error.InnerException is not TimeoutException
                    && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1))
            {
                await Task.Delay(Waits[attempt], cancellationToken);
            }
            catch (TimeoutException error)
            {
                // Npgsql throws it bare when the time runs out between two steps of connecting.
                throw new NpgsqlException(error.Message, error);
            }
        }
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => watch.Begin();

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        watch.Begin();
        return Task.CompletedTask;
    }

    public override void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => watch.End();

    public override Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        watch.End();
        return Task.CompletedTask;
    }
}
