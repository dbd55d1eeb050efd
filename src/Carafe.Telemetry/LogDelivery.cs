using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;

namespace Carafe.Telemetry;

/// <summary>
/// Holds what sends the log to the collector, so that its end can be limited in time. Logs are needed before the settings are validated: an endpoint that is
/// none is reported with the other errors, and sends nothing.
/// </summary>
internal sealed class LogDelivery(OtlpTarget target)
{
    public BaseProcessor<LogRecord>? Processor { get; } = target.TryOptions("logs") is { } options ? Make(options) : null;

    private static BatchLogRecordExportProcessor Make(OtlpExporterOptions options)
    {
        // They read OpenTelemetry's own variables, such as OTEL_BLRP_SCHEDULE_DELAY.
        var batch = new BatchExportLogRecordProcessorOptions();
        return new BatchLogRecordExportProcessor(
            new OtlpLogExporter(options), batch.MaxQueueSize, batch.ScheduledDelayMilliseconds, batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize);
    }
}
