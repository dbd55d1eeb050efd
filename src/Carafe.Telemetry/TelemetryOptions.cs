using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Carafe.Telemetry;

/// <summary>Adds what an app measures and traces itself to what the kit and the platform do.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Gets the names of further meters. Default: none; those of the kit, the platform and the database drivers are exported anyway.</summary>
    public IList<string> Meters { get; } = [];

    /// <summary>
    /// Gets the names of further activity sources. Default: none; those of the kit, the platform and the database drivers are exported anyway.
    /// </summary>
    public IList<string> Sources { get; } = [];

    /// <summary>Gets or sets what changes the metrics further, such as by another package of instrumentation or a view. Default: nothing.</summary>
    public Action<MeterProviderBuilder>? ConfigureMetrics { get; set; }

    /// <summary>Gets or sets what changes the traces further, such as by another package of instrumentation or a sampler. Default: nothing.</summary>
    public Action<TracerProviderBuilder>? ConfigureTracing { get; set; }
}
