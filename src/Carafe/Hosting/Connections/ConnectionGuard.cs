using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Carafe.Hosting.Connections;

/// <summary>
/// Stands between the sockets and the server: keeps the number of connections below what the process may open, and lets a client that is still sending read its response. At the limit
/// the connection that has been idle for longest makes room; where none is idle, the newcomer is answered with 503.
/// </summary>
internal sealed class ConnectionGuard(MachineLimits limits, IHostApplicationLifetime lifetime)
{
    private static readonly byte[] Full = Encoding.ASCII.GetBytes(
        """
        HTTP/1.1 503 Service Unavailable
        Content-Type: application/json; charset=utf-8
        Cache-Control: no-store
        Connection: close
        Retry-After: 1
        Content-Length: 95

        {"error":"Service Unavailable","message":"Too many connections. Try again later.","status":503}
        """.ReplaceLineEndings("\r\n"));

    private static readonly long LeastIdle = 1000;

    private readonly ConcurrentDictionary<GuardedConnection, bool> _open = [];

    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        using var guarded = new GuardedConnection(connection);
        var admitted = _open.Count < limits.Connections || MakeRoom();
        _open.TryAdd(guarded, admitted);
        try
        {
            await (admitted ? next(connection) : RefuseAsync(guarded));
        }
        finally
        {
            try
            {
                await guarded.LingerAsync(lifetime.ApplicationStopping);
            }
            finally
            {
                _open.TryRemove(guarded, out _);
            }
        }
    };

    private bool MakeRoom()
    {
        var now = Environment.TickCount64;
        var oldest = _open.Keys.Where(connection => connection.IsIdle && now - connection.LastActive > LeastIdle).MinBy(connection => connection.LastActive);
        oldest?.Abort();
        // What has not been closed yet counts no more; a few above the limit are within its reserve.
        return (oldest is not null && _open.TryRemove(oldest, out _)) || _open.Count < limits.Connections;
    }

    private static async Task RefuseAsync(GuardedConnection connection)
    {
        connection.IsUnfinished = true;
        await connection.Output.WriteAsync(Full);
    }
}
