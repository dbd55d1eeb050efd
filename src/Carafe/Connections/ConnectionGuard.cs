using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Carafe.Errors;
using Microsoft.AspNetCore.Connections;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Connections;

/// <summary>
/// Stands between the sockets and the server: keeps the number of connections below what the process may open, and lets a client that is still sending
/// read its response. At the limit the connection that has been idle for longest makes room, then the one whose client has held its request up for
/// longest; where there is none, the newcomer is answered with 503.
/// </summary>
internal sealed class ConnectionGuard
{
    private const long LeastIdle = 100;
    private const long LeastHeldUp = 1000;

    // Those that are being refused, or closed, are above the limit for a moment.
    private const int Margin = 32;

    private readonly ConcurrentDictionary<GuardedConnection, bool> _open = [];
    private readonly MachineLimits _limits;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger _logger;
    private readonly Lazy<byte[]> _full;
    private int _accepted;

    public ConnectionGuard(MachineLimits limits, IHostApplicationLifetime lifetime, IEnumerable<IErrorFormat> formats, IOptions<JsonOptions> json,
        ILogger<ConnectionGuard> logger)
    {
        (_limits, _lifetime, _logger) = (limits, lifetime, logger);
        _full = new(() => Full(new ErrorFormats(formats), json.Value));
        // A command makes the server and serves nothing.
        lifetime.ApplicationStarted.Register(() => logger.LogInformation("Takes {Limits}", limits));
    }

    /// <summary>Whether there is a descriptor for one more connection; if not, one is asked to go.</summary>
    public bool MayAccept()
    {
        if (Volatile.Read(ref _accepted) < _limits.Connections + Margin)
        {
            return true;
        }

        MakeRoom();
        return false;
    }

    /// <summary>Returns the connection with the guard around it; null where there is no room: then it is answered with 503.</summary>
    public GuardedConnection? Admit(ConnectionContext connection)
    {
        Interlocked.Increment(ref _accepted);
        if (_open.Count >= _limits.Connections && !MakeRoom())
        {
            _ = RefuseAsync(connection);
            return null;
        }

        var guarded = new GuardedConnection(connection, this, _lifetime.ApplicationStopping);
        _open.TryAdd(guarded, true);
        return guarded;
    }

    /// <summary>Frees a connection's place, which has been closed.</summary>
    public void Closed(GuardedConnection connection)
    {
        _open.TryRemove(connection, out _);
        Interlocked.Decrement(ref _accepted);
    }

    // Nothing is read of it and nothing waits for it: there is nothing left to spend on it.
    [SuppressMessage("Design", "CA1031", Justification = "Nobody waits for it.")]
    private async Task RefuseAsync(ConnectionContext connection)
    {
        try
        {
            await using (connection)
            {
                await connection.Transport.Output.WriteAsync(_full.Value);
            }
        }
        catch (Exception error)
        {
            // It may have gone already.
            _logger.LogDebug(error, "A connection could not be refused");
        }
        finally
        {
            Interlocked.Decrement(ref _accepted);
        }
    }

    private static byte[] Full(ErrorFormats formats, JsonOptions json)
    {
        var (format, body, _) = formats.Make(new ErrorDetails(503, "Service Unavailable", "Too many connections. Try again later."), json.SerializerOptions);
        var head = $"""
            HTTP/1.1 503 Service Unavailable
            Content-Type: {format.ContentType}
            Cache-Control: no-store
            Connection: close
            Retry-After: 1
            Content-Length: {body.Length}


            """;
        return [.. Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")), .. body];
    }

    private bool MakeRoom()
    {
        var now = Environment.TickCount64;
        var oldest = _open.Keys
            .Where(connection => now - connection.LastActive is var silent
                && (connection.IsIdle ? silent > LeastIdle : silent > LeastHeldUp && connection.IsHeldUp))
            .MinBy(connection => (!connection.IsIdle, connection.LastActive));
        oldest?.Abort(new ConnectionAbortedException("The connection made room for another one."));
        return oldest is not null && _open.TryRemove(oldest, out _);
    }
}
