using System.Diagnostics.Metrics;

namespace Carafe.Limits;

/// <summary>Counts what limits refused, under the meter <c>Carafe</c>.</summary>
internal sealed class LimitMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _refused = meters.Create("Carafe").CreateCounter<long>("limits.refused", "{request}", "Requests that a limit refused.");

    public void Refused(string limit) => _refused.Add(1, new KeyValuePair<string, object?>("limit", limit));
}
