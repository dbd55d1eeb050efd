using Carafe;
using Carafe.Telemetry;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the page of metrics.</summary>
public static class MetricsEndpointExtensions
{
    /// <summary>
    /// Maps <c>/metrics</c> for Prometheus on the app's own address when <c>METRICS_TOKEN</c> is set and <c>METRICS_URL</c> is not: 401 without the token.
    /// Otherwise it maps nothing.
    /// </summary>
    /// <param name="app">The app; it has called <c>AddTelemetry</c>.</param>
    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder app)
    {
        var settings = app.ServiceProvider.GetRequiredService<TelemetrySettings>();
        if (settings is not { MetricsUrl: null, MetricsToken: { } token })
        {
            return app;
        }

        RequestDelegate? page = null;
        app.MapGet(MetricsPage.Path, (RequestDelegate)(context =>
        {
            if (!MetricsPage.IsAllowed(context.Request, token))
            {
                return context.WriteErrorAsync(new ApiError(StatusCodes.Status401Unauthorized));
            }

            page ??= MetricsPage.Handler(context.RequestServices.GetRequiredService<TelemetryService>().Metrics!, app.ServiceProvider);
            return page(context);
        })).WithName("telemetry.Metrics").WithMetadata(new UnlimitedMetadata()).AllowAnonymous().ExcludeFromDescription();
        return app;
    }
}
