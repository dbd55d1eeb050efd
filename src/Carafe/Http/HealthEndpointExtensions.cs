using Carafe;
using Carafe.Http;
using Carafe.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the health endpoints for operators and load balancers.</summary>
public static class HealthEndpointExtensions
{
    /// <summary>
    /// Maps <c>/healthz</c>, which returns 200 while the process lives, and <c>/readyz</c>, which returns 200 when every platform health check tagged
    /// <c>ready</c> passes. When one fails or the app is stopping, it returns 503 with Retry-After and names the checks. Both are open to everybody and
    /// reveal no details.
    /// </summary>
    /// <param name="app">The app.</param>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("").WithTags("health").WithMetadata(new UnlimitedMetadata()).AllowAnonymous();
        ((IEndpointConventionBuilder)health).Add(BufferedJsonResultFilter.AddTo);
        health.MapGet("/healthz", Alive).WithName("health.Alive").WithSummary("Whether the process is alive.");
        health.MapGet("/readyz", Ready).WithName("health.Ready").WithSummary("Whether the app can serve.").Produces<ErrorBody>(503);
        return app;
    }

    private static Ok<HealthResponse> Alive(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new HealthResponse("ok", new Dictionary<string, string>()));
    }

    private static async Task<Ok<HealthResponse>> Ready(HttpContext context, HealthCheckService health, HealthLog log, IHostApplicationLifetime lifetime)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw NotReady("The app is stopping.", []);
        }

        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), context.RequestAborted);
        log.Note(report);
        var failed = report.Entries.Where(entry => entry.Value.Status == HealthStatus.Unhealthy)
            .ToDictionary(entry => entry.Key, _ => (string[])["is not ready"]);
        return failed.Count > 0
            ? throw NotReady($"Not ready: {string.Join(", ", failed.Keys)}.", failed)
            : TypedResults.Ok(
            new HealthResponse("ok", report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status == HealthStatus.Healthy ? "ok" : "degraded")));
    }

    private static AbortException NotReady(string message, Dictionary<string, string[]> failed) =>
        new(new ApiError(StatusCodes.Status503ServiceUnavailable, message) { Errors = failed.Count > 0 ? failed : null, RetryAfter = TimeSpan.FromSeconds(5) });
}
