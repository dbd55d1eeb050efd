using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry.Metrics;

namespace Carafe.Telemetry;

/// <summary>Writes what Prometheus reads, to whoever has the token where one is set.</summary>
internal static class MetricsPage
{
    public const string Path = "/metrics";

    private const string Scheme = "Bearer ";

    /// <summary>Makes the exporter's own middleware into the handler of a request.</summary>
    public static RequestDelegate Handler(MeterProvider metrics, IServiceProvider services)
    {
        var page = new ApplicationBuilder(services).UseOpenTelemetryPrometheusScrapingEndpoint(metrics, _ => true, null, null, null).Build();
        return context =>
        {
            // Who looks at the requests is none of them.
            if (context.Features.Get<IHttpMetricsTagsFeature>() is { } tags)
            {
                tags.MetricsDisabled = true;
            }

            return page(context);
        };
    }

    public static bool IsAllowed(HttpRequest request, string? token)
    {
        var given = request.Headers.Authorization.ToString();
        return token is null || (given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given[Scheme.Length..])), SHA256.HashData(Encoding.UTF8.GetBytes(token))));
    }
}
