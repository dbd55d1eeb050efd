using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Carafe.Connections;

/// <summary>
/// Represents one connection: when it was last active, and what is left to read when the server is done with it. Requests find it among their features.
/// </summary>
internal sealed class GuardedConnection : ConnectionContext, IDuplexPipe
{
    // As nginx has it: lingering_time, lingering_timeout. The size is that of a large upload.
    private const long MostBytes = 64L * 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);
    // The response needs a moment to leave the process before the sending side may be closed.
    private static readonly TimeSpan BeforeFin = TimeSpan.FromMilliseconds(250);
    // A client that has sent half a body and its end gets a response before the server takes it for gone.
    private static readonly TimeSpan BeforeGone = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionContext _connection;
    private readonly ConnectionGuard _guard;
    private readonly CancellationToken _stopping;
    private readonly IDuplexPipe _transport;
    private readonly GuardedInput _input;
    private readonly GuardedOutput _output;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenRegistration _closing;
    private int _requests;
    private bool _isDisposed;

    public GuardedConnection(ConnectionContext connection, ConnectionGuard guard, CancellationToken stopping)
    {
        (_connection, _guard, _stopping, _transport) = (connection, guard, stopping, connection.Transport);
        (_input, _output) = (new GuardedInput(_transport.Input, this), new GuardedOutput(_transport.Output, this));
        _closing = connection.ConnectionClosed.UnsafeRegister(static closed => ((CancellationTokenSource)closed!).CancelAfter(BeforeGone), _closed);
        connection.Transport = this;
        connection.ConnectionClosed = _closed.Token;
        connection.Features.Set(this);
    }

    public override string ConnectionId
    {
        get => _connection.ConnectionId;
        set => _connection.ConnectionId = value;
    }

    public override IFeatureCollection Features => _connection.Features;

    public override IDictionary<object, object?> Items
    {
        get => _connection.Items;
        set => _connection.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _connection.Transport;
        set => _connection.Transport = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _connection.ConnectionClosed;
        set => _connection.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _connection.LocalEndPoint;
        set => _connection.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _connection.RemoteEndPoint;
        set => _connection.RemoteEndPoint = value;
    }

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    /// <summary>Gets when bytes last went either way, in milliseconds of a monotonic clock.</summary>
    public long LastActive { get; private set; } = Environment.TickCount64;

    public bool IsIdle => Volatile.Read(ref _requests) == 0;

    /// <summary>Whether a request is held up by its client, who sends no more of the body or takes no more of the response.</summary>
    public bool IsHeldUp => (ReceivesBody && _input.IsPending) || _output.IsPending;

    /// <summary>Gets or sets whether the response came before the whole request: the client may still be sending.</summary>
    public bool IsUnfinished { get; set; }

    /// <summary>Gets or sets whether the incoming bytes are the body of an HTTP/1.1 request that the app reads.</summary>
    public bool ReceivesBody { get; set; }

    public void Touch() => LastActive = Environment.TickCount64;

    public void BeginRequest()
    {
        ReceivesBody = false;
        Interlocked.Increment(ref _requests);
    }

    public void EndRequest() => Interlocked.Decrement(ref _requests);

    /// <summary>Says at once that the client has reset the connection.</summary>
    public void Reset() => _closed.Cancel();

    public override void Abort() => _connection.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _connection.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        try
        {
            await LingerAsync();
        }
        finally
        {
            _connection.Transport = _transport;
            _closing.Dispose();
            _closed.Dispose();
            try
            {
                await _connection.DisposeAsync();
            }
            finally
            {
                _guard.Closed(this);
                await base.DisposeAsync();
            }
        }
    }

    // Reads on for a while where the client is still sending, and throws away what comes. Closing a socket with unread data makes the other end drop the
    // response that it has not read yet (RFC 9112 section 9.6).
    private async Task LingerAsync()
    {
        try
        {
            await _transport.Output.FlushAsync(CancellationToken.None);
            if (await _input.HasEndedAsync(IsUnfinished))
            {
                return;
            }

            using var longest = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
            longest.CancelAfter(Longest);
            await Task.WhenAll(FinishAsync(longest.Token), DiscardAsync(longest.Token));
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or InvalidOperationException)
        {
            // It has gone, or has had its time.
            IsUnfinished = false;
        }
        finally
        {
            await _transport.Input.CompleteAsync();
            await _transport.Output.CompleteAsync();
        }
    }

    private async Task DiscardAsync(CancellationToken longest)
    {
        for (var read = 0L; read < MostBytes;)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(longest);
            silence.CancelAfter(LongestSilence);
            var result = await _transport.Input.ReadAsync(silence.Token);
            read += result.Buffer.Length;
            _transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    // Whoever reads to the end of the connection need not wait for the end of the lingering.
    private async Task FinishAsync(CancellationToken longest)
    {
        await Task.Delay(BeforeFin, longest);
        if (_connection.Features.Get<IConnectionSocketFeature>()?.Socket is { Connected: true } socket && socket.Poll(0, SelectMode.SelectWrite))
        {
            socket.Shutdown(SocketShutdown.Send);
        }
    }
}
