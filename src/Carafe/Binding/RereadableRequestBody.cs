using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Carafe.Binding;

/// <summary>
/// A body that can be read again: up to <see cref="Limit"/> bytes stay where the server put them until the request ends, so that a second look copies
/// nothing and a first look costs nothing. A larger body streams through as it always did.
/// </summary>
internal sealed class RereadableRequestBody(PipeReader inner, long limit = RereadableRequestBody.Limit) : PipeReader, IRequestBodyPipeFeature
{
    public const int Limit = 64 * 1024;

    private ReadOnlySequence<byte> _buffer;
    private long _consumed;
    private bool _kept = true;
    private bool _reading;
    private bool _ended;

    public PipeReader Reader => this;

    /// <summary>The whole body, or null when it is larger than the limit. The next reader starts at the first byte.</summary>
    public async ValueTask<byte[]?> ReadWholeAsync(CancellationToken cancellationToken)
    {
        while (_kept && !_ended)
        {
            if (_reading)
            {
                AdvanceTo(_buffer.GetPosition(_consumed), _buffer.End);
            }

            await ReadAsync(cancellationToken);
        }

        if (!_kept)
        {
            return null;
        }

        if (!_reading)
        {
            await ReadAsync(cancellationToken);
        }

        var bytes = _buffer.ToArray();
        AdvanceTo(_buffer.Start, _buffer.End);
        return bytes;
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

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _reading = false;
        if (_kept && _buffer.Length <= limit)
        {
            _consumed = _buffer.Slice(0, consumed).Length;
            inner.AdvanceTo(_buffer.Start, examined);
            return;
        }

        _kept = false;
        _consumed = 0;
        inner.AdvanceTo(consumed, examined);
    }

    /// <summary>
    /// Gives back what was kept. It must happen before the answer starts: once the client has its answer it may close the connection, and the server then
    /// finds a body that nobody finished.
    /// </summary>
    public Task ReleaseAsync()
    {
        if (_kept && _ended && !_reading && inner.TryRead(out var rest))
        {
            inner.AdvanceTo(rest.Buffer.End);
        }

        _kept = false;
        return Task.CompletedTask;
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> pending) => Take(await pending);

    private ReadResult Take(ReadResult result)
    {
        _buffer = result.Buffer;
        _reading = true;
        _ended = result.IsCompleted;
        return new ReadResult(_buffer.Slice(_consumed), result.IsCanceled, result.IsCompleted);
    }
}
