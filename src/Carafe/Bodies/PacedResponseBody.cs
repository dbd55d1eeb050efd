using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Carafe.Bodies;

/// <summary>Writes a response that is sent in parts, such as a file. While the client is slow to read, the handler's deadline is paused.</summary>
internal sealed class PacedResponseBody : PipeWriter, IHttpResponseBodyFeature, IDisposable
{
    private readonly HttpContext _context;
    private readonly RequestDeadline _deadline;
    private readonly IHttpResponseBodyFeature _inner;
    private Stream? _stream;

    public PacedResponseBody(HttpContext context, RequestDeadline deadline)
    {
        (_context, _deadline, _inner) = (context, deadline, context.Features.Get<IHttpResponseBodyFeature>()!);
        context.Features.Set<IHttpResponseBodyFeature>(this);
    }

    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => _inner.Writer.CanGetUnflushedBytes;

    public override long UnflushedBytes => _inner.Writer.UnflushedBytes;

    public override void Advance(int bytes) => _inner.Writer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _inner.Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _inner.Writer.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => Paced(_inner.Writer.FlushAsync(cancellationToken));

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        Paced(_inner.Writer.WriteAsync(source, cancellationToken));

    public override void CancelPendingFlush() => _inner.Writer.CancelPendingFlush();

    // Completing is the server's.
    public override void Complete(Exception? exception = null)
    {
    }

    public void DisableBuffering() => _inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => _inner.StartAsync(cancellationToken);

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        _deadline.Pause();
        try
        {
            await _inner.SendFileAsync(path, offset, count, cancellationToken);
        }
        finally
        {
            _deadline.Resume();
        }
    }

    public Task CompleteAsync() => _inner.CompleteAsync();

    public void Dispose() => _context.Features.Set(_inner);

    private ValueTask<FlushResult> Paced(ValueTask<FlushResult> pending) => pending.IsCompletedSuccessfully ? pending : AwaitAsync(pending);

    private async ValueTask<FlushResult> AwaitAsync(ValueTask<FlushResult> pending)
    {
        _deadline.Pause();
        try
        {
            return await pending;
        }
        finally
        {
            _deadline.Resume();
        }
    }
}
