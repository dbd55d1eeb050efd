using OpenTelemetry.Exporter;

namespace Carafe.Telemetry;

/// <summary>Describes the collector to the exporters. It reads the configuration itself: the log needs it before the settings are validated.</summary>
internal sealed class OtlpTarget(IConfiguration configuration)
{
    private const int TimeoutMilliseconds = 5000;

    /// <summary>Gets the options of a signal's exporter; null when no collector is named, or by no address.</summary>
    /// <param name="signal"><c>traces</c>, <c>metrics</c> or <c>logs</c>: the end of its path with HTTP.</param>
    public OtlpExporterOptions? TryOptions(string signal)
    {
        if (!Uri.TryCreate(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]?.Trim(), UriKind.Absolute, out var endpoint)
            || endpoint.Scheme is not ("http" or "https"))
        {
            return null;
        }

        var isHttp = configuration["OTEL_EXPORTER_OTLP_PROTOCOL"]?.Trim() == TelemetrySettings.HttpProtobuf;
        return new OtlpExporterOptions
        {
            Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
            Endpoint = isHttp ? new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}") : endpoint,
            Headers = configuration[TelemetrySettings.Headers],
            TimeoutMilliseconds = TimeoutMilliseconds,
        };
    }
}
