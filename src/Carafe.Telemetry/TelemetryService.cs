using Carafe.Http;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Carafe.Telemetry;

/// <summary>Starts what is measured and traced before anything else starts, and delivers the rest when everything has stopped.</summary>
internal sealed class TelemetryService(
    IOptions<TelemetrySettings> settings, IOptions<TelemetryOptions> options, OtlpTarget target, TelemetryResource resource, LogDelivery logs,
    DeliveryWatch watch) : IHostedLifecycleService, IDisposable
{
    private const int LastDeliveryMilliseconds = 2000;
    private const int IntervalMilliseconds = 60_000;

    private static readonly string[] Meters =
    [
        "Carafe", "Carafe.Auth", "Carafe.FastSqlite", "Carafe.Tasks", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "MySqlConnector",
        "Npgsql", "System.Runtime",
    ];

    private static readonly string[] Sources = ["Carafe.FastSqlite", "Carafe.Tasks", "MySqlConnector", "Npgsql", "System.Net.Http"];

    private TracerProvider? _traces;

    /// <summary>Gets the metrics, while the app runs and somebody wants them.</summary>
    public MeterProvider? Metrics { get; private set; }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (settings.Value.IsSending || settings.Value.IsScraped)
        {
            Metrics = MakeMetrics();
        }

        if (settings.Value.IsSending)
        {
            _traces = MakeTraces();
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A collector that hangs must not keep the process.
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => Metrics?.Shutdown(LastDeliveryMilliseconds), CancellationToken.None),
        Task.Run(() => _traces?.Shutdown(LastDeliveryMilliseconds), CancellationToken.None),
        Task.Run(() => logs.Processor?.Shutdown(LastDeliveryMilliseconds), CancellationToken.None));

    public void Dispose()
    {
        Metrics?.Dispose();
        _traces?.Dispose();
    }

    private MeterProvider MakeMetrics()
    {
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource.Builder()).AddMeter([.. Meters, .. options.Value.Meters]);
        options.Value.ConfigureMetrics?.Invoke(builder);
        if (target.TryOptions("metrics") is { } otlp)
        {
            builder.AddReader(new PeriodicExportingMetricReader(new WatchedMetricExporter(otlp, watch),
                new PeriodicExportingMetricReaderOptions().ExportIntervalMilliseconds ?? IntervalMilliseconds));
        }

        if (settings.Value.IsScraped)
        {
            builder.AddPrometheusExporter();
        }

        return builder.Build();
    }

    private TracerProvider MakeTraces()
    {
        var builder = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource.Builder()).AddSource([.. Sources, .. options.Value.Sources])
            // Balancers and Prometheus ask for these all day.
            .AddAspNetCoreInstrumentation(requests => requests.Filter = context =>
                !ProbePaths.Contains(context.Request.Path) && context.Request.Path != MetricsPage.Path);
        options.Value.ConfigureTracing?.Invoke(builder);
        // The options read OpenTelemetry's own variables, such as OTEL_BSP_SCHEDULE_DELAY.
        var batch = new BatchExportActivityProcessorOptions();
        // In this order: what is private is removed before a span is exported.
        return builder.AddProcessor(new PrivateTagProcessor())
            .AddProcessor(new BatchActivityExportProcessor(new WatchedTraceExporter(target.TryOptions("traces")!, watch),
                batch.MaxQueueSize, batch.ScheduledDelayMilliseconds, batch.ExporterTimeoutMilliseconds, batch.MaxExportBatchSize))
            .Build();
    }
}
