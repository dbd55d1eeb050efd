using System.Buffers;
using System.IO.Pipelines;
using Carafe.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Carafe.Bodies;

/// <summary>
/// Reads a request's body, the only way in. Up to a limit it can be read again: its bytes stay in the server's buffers until the response starts, so a
/// second reading copies nothing. Whatever goes wrong while it arrives ends as a <see cref="BadHttpRequestException"/>, and the time that it takes to
/// arrive is not the handler's.
/// </summary>
internal sealed class RereadableRequestBody(HttpContext context, PipeReader inner, long limit = RereadableRequestBody.Limit)
    : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    public const int Limit = 64 * 1024;

    private readonly RequestDeadline? _deadline = context.Features.Get<IHttpRequestTimeoutFeature>() as RequestDeadline;
    private ReadOnlySequence<byte> _buffer;
    private long _consumed;
    private long _lent;
    private bool _kept = limit > 0;
    private bool _reading;

    public PipeReader Reader => this;

    /// <summary>Gets whether all of it has arrived.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Gets what broke it off; null while it is whole.</summary>
    public BadHttpRequestException? Error { get; private set; }

    /// <summary>
    /// Reads the whole body of a request, up to the endpoint's limit or <c>MAX_BODY_SIZE</c>; the next reader starts at the first byte. Ends the request with
    /// 413 where it is larger.
    /// </summary>
    public static async ValueTask<byte[]> ReadWholeAsync(HttpContext context)
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize
            ?? context.RequestServices.GetRequiredService<HttpSettings>().MaxBodySize;
        var body = new RereadableRequestBody(context, context.Request.BodyReader, limit);
        context.Features.Set<IRequestBodyPipeFeature>(body);
        return await body.ReadWholeAsync(context.RequestAborted) ?? throw Abort.With(new ApiError(StatusCodes.Status413PayloadTooLarge));
    }

    /// <summary>Reads the whole body, or null when it is larger than the limit. The next reader starts at the first byte.</summary>
    /// <exception cref="BadHttpRequestException">It broke off or was malformed.</exception>
    public async ValueTask<byte[]?> ReadWholeAsync(CancellationToken cancellationToken)
    {
        while (_kept && !HasEnded)
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
        if (Error is not null)
        {
            throw Error;
        }

        ValueTask<ReadResult> pending;
        try
        {
            pending = inner.ReadAsync(cancellationToken);
            if (pending.IsCompletedSuccessfully)
            {
                return new(Take(pending.Result));
            }
        }
        catch (Exception cause) when (RequestBodyErrors.Translate(cause) is { } error)
        {
            throw Error = error;
        }

        return AwaitAsync(pending);
    }

    public override bool TryRead(out ReadResult result)
    {
        try
        {
            if (Error is null && inner.TryRead(out result))
            {
                result = Take(result);
                return true;
            }
        }
        catch (Exception cause) when (RequestBodyErrors.Translate(cause) is { } error)
        {
            throw Error = error;
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_reading)
        {
            // A reader that gives up after a failed read gives back what it does not have.
            return;
        }

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
    /// Gives back what was kept. It must happen before the response starts: once the client has its response it may close the connection, and the server then
    /// finds a body that nobody finished.
    /// </summary>
    public Task ReleaseAsync()
    {
        try
        {
            if (_kept && HasEnded && !_reading && inner.TryRead(out var rest))
            {
                inner.AdvanceTo(rest.Buffer.End);
            }
        }
        catch (Exception cause) when (RequestBodyErrors.IsGone(cause))
        {
            // The client left after its body had arrived, and HTTP/2 dropped what was kept.
        }

        _kept = false;
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        if (_lent > 0)
        {
            context.RequestServices.GetRequiredService<InFlightBudget>().Return(_lent);
            _lent = 0;
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private long Most => context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? long.MaxValue;

    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> pending)
    {
        _deadline?.Pause();
        try
        {
            return Take(await pending);
        }
        catch (Exception cause) when (RequestBodyErrors.Translate(cause) is { } error)
        {
            throw Error = error;
        }
        finally
        {
            _deadline?.Resume();
        }
    }

    private ReadResult Take(ReadResult result)
    {
        _buffer = result.Buffer;
        _reading = true;
        HasEnded = result.IsCompleted;
        if (_kept && _buffer.Length > Most)
        {
            // HTTP/1.1 counts what is consumed, and what is kept is not; HTTP/2 counts what is examined, and throws here.
            _kept = false;
            AdvanceTo(_buffer.Start, _buffer.End);
            throw Error = new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        }

        if (_buffer.Length - InFlightBudget.Small > _lent)
        {
            Borrow(_buffer.Length - InFlightBudget.Small - _lent);
        }

        return new ReadResult(_buffer.Slice(_consumed), result.IsCanceled, result.IsCompleted);
    }

    private void Borrow(long bytes)
    {
        if (!context.RequestServices.GetRequiredService<InFlightBudget>().TryTake(bytes))
        {
            throw new AbortException(InFlightBudget.Full);
        }

        if (_lent == 0)
        {
            context.Response.RegisterForDispose(this);
        }

        _lent += bytes;
    }
}
