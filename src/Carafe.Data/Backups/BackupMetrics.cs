using System.Diagnostics.Metrics;

namespace Carafe.Data.Backups;

/// <summary>Measures how old the newest good backup is. Without a folder for backups there is nothing to measure.</summary>
internal sealed class BackupMetrics
{
    private readonly TimeProvider _clock;
    private long _newest;

    public BackupMetrics(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        meters.Create("Carafe").CreateObservableGauge("backup.age", Age, "s", "How old the newest good backup is; where there is none, how long the app runs.");
    }

    public void SetNewest(DateTimeOffset time) => Interlocked.Exchange(ref _newest, time.UtcTicks);

    private IEnumerable<Measurement<double>> Age() =>
        Interlocked.Read(ref _newest) is var ticks and > 0 ? [new((_clock.GetUtcNow().UtcTicks - ticks) / (double)TimeSpan.TicksPerSecond)] : [];
}
