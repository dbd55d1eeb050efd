using System.ComponentModel.DataAnnotations;

namespace Carafe.Telemetry;

/// <summary>Holds the settings of telemetry. The other <c>OTEL_</c> variables of the real environment are read by OpenTelemetry itself.</summary>
public sealed class TelemetrySettings : IValidatableObject
{
    internal const string Headers = "OTEL_EXPORTER_OTLP_HEADERS";

    internal const string Grpc = "grpc";
    internal const string HttpProtobuf = "http/protobuf";

    /// <summary>
    /// Gets <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>: the collector that gets traces, metrics and logs, such as <c>http://collector:4317</c>. Default: none, and
    /// nothing is sent.
    /// </summary>
    public Uri? OtelExporterOtlpEndpoint { get; init; }

    /// <summary>
    /// Gets <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>: <c>grpc</c>, or <c>http/protobuf</c>, which usually has port 4318. Default: grpc.
    /// </summary>
    public string OtelExporterOtlpProtocol { get; init; } = Grpc;

    /// <summary>Gets <c>OTEL_SERVICE_NAME</c>: the name under which this app is known to the collector. Default: the name of the app's assembly.</summary>
    public string? OtelServiceName { get; init; }

    /// <summary>
    /// Gets <c>METRICS_URL</c>: an address of its own on which <c>/metrics</c> is served to Prometheus and nothing else is, such as
    /// <c>http://127.0.0.1:9464</c>. Default: none.
    /// </summary>
    public string? MetricsUrl { get; init; }

    /// <summary>
    /// Gets <c>METRICS_TOKEN</c>: what <c>/metrics</c> asks for, as <c>Authorization: Bearer</c>, of at least 32 bytes. Without <c>METRICS_URL</c> the app's
    /// own address serves it. Default: none.
    /// </summary>
    [Secret]
    public string? MetricsToken { get; init; }

    internal bool IsSending => OtelExporterOtlpEndpoint is not null;

    internal bool IsScraped => MetricsUrl is not null || MetricsToken is not null;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (OtelExporterOtlpEndpoint is { Scheme: not ("http" or "https") })
        {
            yield return new("OTEL_EXPORTER_OTLP_ENDPOINT: expected an address such as http://collector:4317.");
        }

        if (OtelExporterOtlpProtocol is not (Grpc or HttpProtobuf))
        {
            yield return new($"OTEL_EXPORTER_OTLP_PROTOCOL: '{OtelExporterOtlpProtocol}' is not {Grpc} or {HttpProtobuf}.");
        }

        // Its value is a secret of the collector's, and is never shown.
        if (validationContext.GetRequiredService<IConfiguration>()[Headers] is { Length: > 0 } headers
            && headers.Split(',').Any(header => header.IndexOf('=', StringComparison.Ordinal) <= 0))
        {
            yield return new($"{Headers}: expected name=value, and commas between several.");
        }

        if (MetricsUrl is { } url && !ServerUrls.IsValid(url))
        {
            yield return new($"METRICS_URL: '{url}' is not an address to listen on, such as http://127.0.0.1:9464.");
        }
    }
}
