using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Carafe.Connections;

/// <summary>
/// Takes no more connections than there are descriptors for: the rest wait in the system's own queue. The server itself accepts as fast as it can, and
/// counts later. The guard stands here and not in the server's options, where what an app says of its endpoints takes the place of what was there.
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
            while (true)
            {
                while (!guard.MayAccept())
                {
                    await Task.Delay(Pause, cancellationToken);
                }

                if (await inner.AcceptAsync(cancellationToken) is not { } connection)
                {
                    return null;
                }

                if (guard.Admit(connection) is { } admitted)
                {
                    return admitted;
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
