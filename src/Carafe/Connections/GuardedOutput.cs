using System.IO.Pipelines;

namespace Carafe.Connections;

/// <summary>Writes what a connection sends. The server's end of writing is kept from the transport, which would close the socket at once.</summary>
internal sealed class GuardedOutput(PipeWriter inner, GuardedConnection connection) : PipeWriter
{
    public bool IsPending { get; private set; }

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        connection.Touch();
        var pending = inner.FlushAsync(cancellationToken);
        return pending.IsCompletedSuccessfully ? pending : AwaitAsync(pending);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        connection.Touch();
        var pending = inner.WriteAsync(source, cancellationToken);
        return pending.IsCompletedSuccessfully ? pending : AwaitAsync(pending);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
    }

    private async ValueTask<FlushResult> AwaitAsync(ValueTask<FlushResult> pending)
    {
        IsPending = true;
        try
        {
            return await pending;
        }
        finally
        {
            IsPending = false;
            connection.Touch();
        }
    }
}
