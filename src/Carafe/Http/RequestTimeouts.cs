using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Carafe.Http;

/// <summary>
/// The time that a request may take. Endpoints that say something about theirs get the platform's middleware; all others come this way, which does the same for less
/// (docs/decisions/0060-a-pipeline-that-costs-little.md).
/// </summary>
internal sealed class RequestTimeouts(WebApplication app)
{
    private readonly RequestTimeoutPolicy? _policy = app.Services.GetRequiredService<IOptions<RequestTimeoutOptions>>().Value.DefaultPolicy;
    private readonly ILogger _logger = app.Services.GetRequiredService<ILogger<RequestTimeouts>>();

    public RequestDelegate Around(Endpoint? endpoint, RequestDelegate next)
    {
        if (endpoint?.Metadata.Any(item => item is RequestTimeoutAttribute or RequestTimeoutPolicy or DisableRequestTimeoutAttribute) is true)
        {
            return app.Branch(branch => branch.UseRequestTimeouts(), next);
        }

        return _policy?.Timeout is not { } time || time == Timeout.InfiniteTimeSpan ? next : context => Debugger.IsAttached ? next(context) : RunAsync(context, next, _policy, time);
    }

    private async Task RunAsync(HttpContext context, RequestDelegate next, RequestTimeoutPolicy policy, TimeSpan time)
    {
        using var deadline = new Deadline(context.Features.Get<IHttpRequestLifetimeFeature>()!, time);
        context.Features.Set<IHttpRequestLifetimeFeature>(deadline);
        context.Features.Set<IHttpRequestTimeoutFeature>(deadline);
        try
        {
            await next(context);
        }
        catch (OperationCanceledException fault) when (deadline.IsOver && !context.Response.HasStarted)
        {
            _logger.LogWarning(fault, "{Method} {Path} was given up after {Time}", context.Request.Method, context.Request.Path, time);
            deadline.Dispose();
            context.Response.Clear();
            context.Response.StatusCode = policy.TimeoutStatusCode ?? StatusCodes.Status504GatewayTimeout;
            if (policy.WriteTimeoutResponse is { } write)
            {
                await write(context);
            }
        }
    }

    /// <summary>
    /// Its source of cancellation is made when somebody first asks for the token: many small answers come without. Once the request has left, the token is the server's again.
    /// </summary>
    private sealed class Deadline(IHttpRequestLifetimeFeature server, TimeSpan time) : IHttpRequestLifetimeFeature, IHttpRequestTimeoutFeature, IDisposable
    {
        private readonly long _start = Environment.TickCount64;
        private CancellationTokenSource? _source;
        private CancellationTokenRegistration _left;
        private CancellationToken? _replaced;
        private bool _ended;

        public bool IsOver => _source?.IsCancellationRequested is true && !server.RequestAborted.IsCancellationRequested;

        public CancellationToken RequestAborted
        {
            get => _ended ? server.RequestAborted : _replaced ?? Source.Token;
            set => _replaced = value;
        }

        public CancellationToken RequestTimeoutToken => Source.Token;

        private CancellationTokenSource Source => _source ?? Make();

        public void Abort() => server.Abort();

        public void DisableTimeout() => Source.CancelAfter(Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            _ended = true;
            _left.Dispose();
            _source?.Dispose();
        }

        private CancellationTokenSource Make()
        {
            var left = time - TimeSpan.FromMilliseconds(Environment.TickCount64 - _start);
            var source = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            // A handler may ask from several threads at once.
            if (Interlocked.CompareExchange(ref _source, source, null) is { } first)
            {
                source.Dispose();
                return first;
            }

            _left = server.RequestAborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
            return source;
        }
    }
}
