using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using MimeKit;
using SmtpServer;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Carafe.Tasks.Tests;

/// <summary>A real SMTP server on a free port, which keeps what it is sent. It refuses receivers at refused.example.</summary>
internal sealed class MailServer : IMessageStore, IMailboxFilter, IAsyncDisposable
{
    private readonly ConcurrentQueue<MimeMessage> _received = new();
    private readonly int _port = FreePort();
    private SmtpServer.SmtpServer? _server;
    private Task _running = Task.CompletedTask;

    public string Url => $"smtp://127.0.0.1:{_port}";

    public IReadOnlyList<MimeMessage> Received => [.. _received];

    public static async Task<MailServer> StartAsync()
    {
        var server = new MailServer();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add((IMessageStore)server);
        services.Add((IMailboxFilter)server);
        server._server = new SmtpServer.SmtpServer(new SmtpServerOptionsBuilder().ServerName("localhost")
            .Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, server._port))).Build(), services);
        server._running = server._server.StartAsync(CancellationToken.None);
        using var probe = new TcpClient();
        for (var attempt = 0; !probe.Connected; attempt++)
        {
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, server._port);
            }
            catch (SocketException) when (attempt < 200)
            {
                await Task.Delay(10);
            }
        }

        return server;
    }

    public async Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer,
        CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(buffer.ToArray());
        _received.Enqueue(await MimeMessage.LoadAsync(stream, cancellationToken));
        return SmtpResponse.Ok;
    }

    public Task<bool> CanAcceptFromAsync(ISessionContext context, IMailbox from, int size, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
        Task.FromResult(to.Host != "refused.example");

    public async ValueTask DisposeAsync()
    {
        _server!.Shutdown();
        await _server.ShutdownTask;
        await _running;
        _received.ToList().ForEach(message => message.Dispose());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
