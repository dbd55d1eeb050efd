using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Carafe.Bodies;

/// <summary>Redirects the body of responses with certain statuses for as long as it lives; all others stream as usual.</summary>
internal sealed class CapturedResponseBody : IHttpResponseBodyFeature, IDisposable
{
    private readonly HttpContext _context;
    private readonly Func<int, bool> _diverts;
    private readonly Stream _aside;
    private readonly IHttpResponseBodyFeature _inner;
    private StreamResponseBodyFeature? _held;

    public CapturedResponseBody(HttpContext context, Func<int, bool> diverts, Stream aside)
    {
        (_context, _diverts, _aside, _inner) = (context, diverts, aside, context.Features.Get<IHttpResponseBodyFeature>()!);
        context.Features.Set<IHttpResponseBodyFeature>(this);
    }

    public Stream Stream => Target.Stream;

    public PipeWriter Writer => Target.Writer;

    private IHttpResponseBodyFeature Target =>
        !_context.Response.HasStarted && _diverts(_context.Response.StatusCode) ? _held ??= new StreamResponseBodyFeature(_aside) : _inner;

    /// <summary>Puts the real body back.</summary>
    /// <returns>Whether anything was led aside.</returns>
    public async ValueTask<bool> EndAsync()
    {
        Dispose();
        if (_held is null)
        {
            return false;
        }

        await _held.CompleteAsync();
        return true;
    }

    public void Dispose() => _context.Features.Set(_inner);

    public void DisableBuffering() => Target.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => Target.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        Target.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => Target.CompleteAsync();
}
