using OpenTelemetry;

namespace Carafe.Telemetry;

/// <summary>Logs once when the collector takes nothing, and once when it does again. What it did not take is dropped.</summary>
internal sealed class DeliveryWatch(IConfiguration configuration, ILogger<DeliveryWatch> logger)
{
    private int _isAway;

    public ExportResult Note(ExportResult result)
    {
        var isAway = result == ExportResult.Success ? 0 : 1;
        if (Interlocked.Exchange(ref _isAway, isAway) != isAway)
        {
            // Neither the user nor the password that an address may have.
            var target = Uri.TryCreate(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"], UriKind.Absolute, out var endpoint)
                ? $"{endpoint.Host}:{endpoint.Port}"
                : "";
            if (isAway == 1)
            {
                logger.LogWarning("The collector at {Endpoint} takes no telemetry; it is dropped until it does", target);
            }
            else
            {
                logger.LogInformation("The collector at {Endpoint} takes telemetry again", target);
            }
        }

        return result;
    }
}
