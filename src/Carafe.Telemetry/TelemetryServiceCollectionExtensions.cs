using Carafe.Telemetry;
using OpenTelemetry.Logs;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds telemetry to an app.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// Sends traces, metrics and logs by OpenTelemetry's protocol when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector, and serves metrics to Prometheus
    /// when <c>METRICS_URL</c> or <c>METRICS_TOKEN</c> is set. Without these settings nothing is measured. No request waits for a collector that is away
    /// (docs/telemetry.md).
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Adds meters and sources of the app's own.</param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, Action<TelemetryOptions>? configure = null)
    {
        services.AddSettings<TelemetrySettings>();
        services.Configure(configure ?? (_ => { }));
        services.AddSingleton<TelemetryResource>();
        services.AddSingleton<DeliveryWatch>();
        services.AddSingleton<OtlpTarget>();
        services.AddSingleton<LogDelivery>();
        services.AddSingleton<TelemetryService>();
        services.AddHostedService(provider => provider.GetRequiredService<TelemetryService>());
        services.AddHostedService<MetricsServer>();
        services.AddLogging(logging => logging.AddOpenTelemetry());
        services.AddOptions<OpenTelemetryLoggerOptions>().Configure<LogDelivery, TelemetryResource>((logs, delivery, resource) =>
        {
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(resource.Builder());
            if (delivery.Processor is { } processor)
            {
                logs.AddProcessor(processor);
            }
        });
        return services;
    }
}
