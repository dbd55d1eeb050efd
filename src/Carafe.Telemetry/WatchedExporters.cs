using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Carafe.Telemetry;

/// <summary>Sends traces, and notes whether they were taken.</summary>
internal sealed class WatchedTraceExporter(OtlpExporterOptions options, DeliveryWatch watch) : OtlpTraceExporter(options)
{
    public override ExportResult Export(in Batch<Activity> activityBatch) => watch.Note(base.Export(activityBatch));
}

/// <summary>Sends metrics, and notes whether they were taken.</summary>
internal sealed class WatchedMetricExporter(OtlpExporterOptions options, DeliveryWatch watch) : OtlpMetricExporter(options)
{
    public override ExportResult Export(in Batch<Metric> metrics) => watch.Note(base.Export(metrics));
}
