using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Carafe.Connections;

/// <summary>Reads what a connection receives. The server's end of reading is kept from the transport: there may be more to read.</summary>
internal sealed class GuardedInput(PipeReader inner, GuardedConnection connection) : PipeReader
{
    private SequencePosition _end;
    private bool _reading;
    private bool _ended;
    private bool _rest;

    public bool IsPending { get; private set; }

    /// <summary>Returns whether the client has nothing more to send, or nothing that is still needed.</summary>
    public async ValueTask<bool> HasEndedAsync(bool unfinished)
    {
        if (_reading)
        {
            inner.AdvanceTo(_end);
            _reading = false;
            unfinished = true;
        }

        if (!_ended && inner.TryRead(out var rest))
        {
            unfinished |= !rest.Buffer.IsEmpty;
            _ended = rest.IsCompleted;
            inner.AdvanceTo(rest.Buffer.End);
        }

        await Task.CompletedTask;
        return _ended || !unfinished;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var pending = inner.ReadAsync(cancellationToken);
        return pending.IsCompletedSuccessfully ? new(Take(pending.Result)) : AwaitAsync(pending);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }

        result = Take(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        _reading = false;
        inner.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _reading = false;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> pending)
    {
        ReadResult result;
        IsPending = true;
        try
        {
            result = await pending;
        }
        catch (IOException)
        {
            connection.Reset();
            throw;
        }
        finally
        {
            IsPending = false;
        }

        connection.Touch();
        return Take(result);
    }

    private ReadResult Take(ReadResult result)
    {
        (_end, _reading, _ended) = (result.Buffer.End, true, result.IsCompleted);
        if (!result.IsCompleted || !connection.ReceivesBody)
        {
            return result;
        }

        // The server takes the end of a body before its length for the end of the connection, and sends no response.
        if (!result.Buffer.IsEmpty && !_rest)
        {
            _rest = true;
            return new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false);
        }

        AdvanceTo(result.Buffer.Start, result.Buffer.End);
        throw new BadHttpRequestException("The request ended before its body did.");
    }
}
