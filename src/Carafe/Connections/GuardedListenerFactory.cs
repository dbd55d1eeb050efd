using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Carafe.Connections;

/// <summary>
/// Takes no more connections than there are descriptors for: the rest wait in the system's own queue. The server itself accepts as fast as it can, and
/// counts later.
/// </summary>
internal sealed class GuardedListenerFactory(IOptions<SocketTransportOptions> options, ILoggerFactory log, ConnectionGuard guard) : IConnectionListenerFactory
{
    private readonly SocketTransportFactory _sockets = new(options, log);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await _sockets.BindAsync(endpoint, cancellationToken), guard);

    private sealed class Listener(IConnectionListener inner, ConnectionGuard guard) : IConnectionListener
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (!guard.MayAccept())
            {
                await Task.Delay(Pause, cancellationToken);
            }

            var connection = await inner.AcceptAsync(cancellationToken);
            if (connection is not null)
            {
                guard.Accepted();
            }

            return connection;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
