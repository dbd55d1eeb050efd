using Carafe;
using Carafe.Http;
using Carafe.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the health endpoints for operators and load balancers.</summary>
public static class HealthEndpointExtensions
{
    private const string Admin = "admin";

    /// <summary>
    /// Maps <c>/healthz</c> and <c>/livez</c>, which return 200 while the process lives, <c>/startupz</c>, which returns 200 once the app has started, and
    /// <c>/readyz</c>, which returns 200 when every platform health check tagged <c>ready</c> passes. When one fails or the app is stopping, it returns 503
    /// with Retry-After and names the checks. All are open to everybody; only accounts of the role <c>admin</c> read the reasons.
    /// </summary>
    /// <param name="app">The app.</param>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("").WithTags("health").WithMetadata(new UnlimitedMetadata()).AllowAnonymous();
        ((IEndpointConventionBuilder)health).Add(BufferedJsonResultFilter.AddTo);
        health.MapGet(ProbePaths.Alive, Alive).WithName("health.Alive").WithSummary("Whether the process is alive.");
        health.MapGet(ProbePaths.Live, Alive).WithName("health.Live").ExcludeFromDescription();
        health.MapGet(ProbePaths.Started, Started).WithName("health.Started").ExcludeFromDescription();
        health.MapGet(ProbePaths.Ready, Ready).WithName("health.Ready").WithSummary("Whether the app can serve.").Produces<ErrorBody>(503);
        return app;
    }

    private static Ok<HealthResponse> Alive(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new HealthResponse("ok", new Dictionary<string, string>()));
    }

    private static Ok<HealthResponse> Started(HttpResponse response, IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStarted.IsCancellationRequested ? Alive(response) : throw NotReady("The app is starting.", []);

    private static async Task<Ok<HealthResponse>> Ready(HttpContext context, HealthCheckService health, HealthLog log, IHostApplicationLifetime lifetime)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw NotReady("The app is stopping.", []);
        }

        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), context.RequestAborted);
        log.Note(report);
        // Why something fails may tell a stranger what the app is made of.
        var isAdmin = context.User.IsInRole(Admin);
        var failed = report.Entries.Where(entry => entry.Value.Status == HealthStatus.Unhealthy)
            .ToDictionary(entry => entry.Key, entry => (string[])[isAdmin && Reason(entry.Value) is { } reason ? reason : "is not ready"]);
        return failed.Count > 0
            ? throw NotReady($"Not ready: {string.Join(", ", failed.Keys)}.", failed)
            : TypedResults.Ok(
            new HealthResponse("ok", report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status == HealthStatus.Healthy ? "ok" : "degraded")));
    }

    private static string? Reason(HealthReportEntry entry) => entry.Description ?? entry.Exception?.Message;

    private static AbortException NotReady(string message, Dictionary<string, string[]> failed) =>
        new(new ApiError(StatusCodes.Status503ServiceUnavailable, message) { Errors = failed.Count > 0 ? failed : null, RetryAfter = TimeSpan.FromSeconds(5) });
}
