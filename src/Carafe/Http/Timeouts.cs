using System.Diagnostics;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Carafe.Http;

/// <summary>
/// The time that a request may take. Endpoints that say something about theirs get the platform's middleware; all others come this way, which does the same with one
/// source of cancellation in place of two (docs/decisions/0060-a-pipeline-that-costs-little.md).
/// </summary>
internal sealed class Timeouts(WebApplication app)
{
    private readonly RequestTimeoutPolicy? _policy = app.Services.GetRequiredService<IOptions<RequestTimeoutOptions>>().Value.DefaultPolicy;
    private readonly ILogger _logger = app.Services.GetRequiredService<ILogger<Timeouts>>();

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
        var aborted = context.RequestAborted;
        using var deadline = new Deadline(time);
        var left = aborted.UnsafeRegister(static deadline => ((Deadline)deadline!).Cancel(), deadline);
        try
        {
            context.Features.Set<IHttpRequestTimeoutFeature>(deadline);
            context.RequestAborted = deadline.Token;
            await next(context);
        }
        catch (OperationCanceledException fault) when (deadline.IsCancellationRequested && !aborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            _logger.LogWarning(fault, "{Method} {Path} was given up after {Time}", context.Request.Method, context.Request.Path, time);
            context.Response.Clear();
            context.Response.StatusCode = policy.TimeoutStatusCode ?? StatusCodes.Status504GatewayTimeout;
            if (policy.WriteTimeoutResponse is { } write)
            {
                await write(context);
            }
        }
        finally
        {
            context.RequestAborted = aborted;
            left.Dispose();
        }
    }

    private sealed class Deadline(TimeSpan time) : CancellationTokenSource(time), IHttpRequestTimeoutFeature
    {
        CancellationToken IHttpRequestTimeoutFeature.RequestTimeoutToken => Token;

        void IHttpRequestTimeoutFeature.DisableTimeout() => CancelAfter(Timeout.InfiniteTimeSpan);
    }
}
