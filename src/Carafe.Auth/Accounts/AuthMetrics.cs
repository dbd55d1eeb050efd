using System.Diagnostics.Metrics;

namespace Carafe.Auth;

/// <summary>Counts logins by their outcome, and how often a session's check was remembered, under the meter <c>Carafe.Auth</c>.</summary>
internal sealed class AuthMetrics
{
    private readonly Counter<long> _logins;
    private readonly Counter<long> _lookups;

    public AuthMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Carafe.Auth");
        _logins = meter.CreateCounter<long>("auth.logins", "{login}", "Logins, by their outcome: accepted, refused, throttled, failed.");
        _lookups = meter.CreateCounter<long>("auth.session_cache.lookups", "{lookup}", "Checks of a session, by whether the last result was still good.");
    }

    public void Login(string outcome) => _logins.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Checked(bool isKnown) => _lookups.Add(1, new KeyValuePair<string, object?>("result", isKnown ? "hit" : "miss"));
}
