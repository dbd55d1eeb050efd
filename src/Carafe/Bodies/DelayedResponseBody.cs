using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Carafe.Bodies;

/// <summary>
/// Delays the first bytes of a response until the after-hooks have run. The platform's OnStarting is too late for them: an exception there can no longer
/// become a standard error.
/// </summary>
internal sealed class DelayedResponseBody(IHttpResponseBodyFeature inner, Func<Task> before) : PipeWriter, IHttpResponseBodyFeature
{
    private ArrayBufferWriter<byte>? _held = new();
    private Stream? _stream;

    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => inner.Writer.CanGetUnflushedBytes;

    public override long UnflushedBytes => _held?.WrittenCount ?? inner.Writer.UnflushedBytes;

    /// <summary>Runs the hooks at the first call and lets the response go.</summary>
    public async Task ReleaseAsync()
    {
        if (_held is null)
        {
            return;
        }

        await before();
        var held = _held;
        _held = null;
        if (held.WrittenCount > 0)
        {
            inner.Writer.Write(held.WrittenSpan);
        }
    }

    public override void Advance(int bytes)
    {
        if (_held is null)
        {
            inner.Writer.Advance(bytes);
        }
        else
        {
            _held.Advance(bytes);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _held?.GetMemory(sizeHint) ?? inner.Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _held is null ? inner.Writer.GetSpan(sizeHint) : _held.GetSpan(sizeHint);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await ReleaseAsync();
        return await inner.Writer.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => inner.Writer.CancelPendingFlush();

    // Completing is up to the server: it ends the response once the pipeline has returned, and by then the hooks have run.
    public override void Complete(Exception? exception = null)
    {
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await ReleaseAsync();
        await inner.StartAsync(cancellationToken);
    }

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await ReleaseAsync();
        await inner.SendFileAsync(path, offset, count, cancellationToken);
    }

    public async Task CompleteAsync()
    {
        await ReleaseAsync();
        await inner.CompleteAsync();
    }

    public void DisableBuffering() => inner.DisableBuffering();
}
