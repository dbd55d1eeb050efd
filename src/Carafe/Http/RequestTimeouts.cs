using System.Diagnostics;
using System.Text.Json;
using Carafe.Binding;
using Carafe.Bodies;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Http;

/// <summary>
/// Ends handlers that take too long. It reads the platform's options and metadata, and does what its middleware does for less
/// (docs/decisions/0060-a-pipeline-that-costs-little.md); the time of a transfer is not the handler's (<see cref="RequestDeadline"/>).
/// </summary>
internal sealed class RequestTimeouts(WebApplication app)
{
    /// <summary>
    /// Names the clock of the deadlines. Default: the machine's, whatever the app's clock shows: a test that stops or moves that one still has its hanging
    /// handlers given up.
    /// </summary>
    public const string Clock = "Carafe.RequestTimeouts";

    private readonly TimeProvider _clock = app.Services.GetKeyedService<TimeProvider>(Clock) ?? TimeProvider.System;
    private readonly RequestTimeoutOptions _options = app.Services.GetRequiredService<IOptions<RequestTimeoutOptions>>().Value;
    private readonly JsonSerializerOptions _json = app.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
    private readonly ILogger _logger = app.Services.GetRequiredService<ILogger<RequestTimeouts>>();

    public RequestDelegate Around(Endpoint? endpoint, RequestDelegate next)
    {
        var policy = Policy(endpoint);
        if (policy?.Timeout is not { } time || time == Timeout.InfiniteTimeSpan)
        {
            return next;
        }

        var sends = endpoint is null || EndpointInfo.For(endpoint, _json).SendsInParts;
        return context => Debugger.IsAttached ? next(context) : RunAsync(context, next, policy, time, sends);
    }

    private async Task RunAsync(HttpContext context, RequestDelegate next, RequestTimeoutPolicy policy, TimeSpan time, bool sends)
    {
        using var deadline = new RequestDeadline(context.Features.Get<IHttpRequestLifetimeFeature>()!, time, _clock);
        context.Features.Set<IHttpRequestLifetimeFeature>(deadline);
        context.Features.Set<IHttpRequestTimeoutFeature>(deadline);
        RequestCancellation.Set(deadline);
        using var body = sends ? new PacedResponseBody(context, deadline) : null;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException error) when (deadline.IsOver && !context.Response.HasStarted)
        {
            _logger.LogWarning(error, "{Method} {Path} was given up after {Time}", context.Request.Method, context.Request.Path, time);
            deadline.Dispose();
            body?.Dispose();
            context.Response.Clear();
            context.Response.StatusCode = policy.TimeoutStatusCode ?? StatusCodes.Status504GatewayTimeout;
            if (policy.WriteTimeoutResponse is { } write)
            {
                await write(context);
            }
        }
    }

    // As the platform's middleware chooses; the last of an endpoint's metadata wins.
    private RequestTimeoutPolicy? Policy(Endpoint? endpoint) =>
        endpoint?.Metadata.LastOrDefault(item => item is RequestTimeoutAttribute or RequestTimeoutPolicy or DisableRequestTimeoutAttribute) switch
        {
            null => _options.DefaultPolicy,
            RequestTimeoutPolicy policy => policy,
            RequestTimeoutAttribute { PolicyName: { } name } => _options.Policies.TryGetValue(name, out var named)
            ? named
            : throw new InvalidOperationException($"There is no request timeout policy '{name}'."),
            RequestTimeoutAttribute { Timeout: { } time } => new RequestTimeoutPolicy { Timeout = time },
            _ => null,
        };
}
