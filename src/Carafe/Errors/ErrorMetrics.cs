using System.Diagnostics.Metrics;
using System.Globalization;

namespace Carafe.Errors;

/// <summary>Counts the errors that were sent, by their kind, under the meter <c>Carafe</c>.</summary>
internal sealed class ErrorMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _errors =
        meters.Create("Carafe").CreateCounter<long>("api.errors", "{error}", "Errors that were sent, by status and reason.");

    // The reason is one of the code's words and never a caller's; an error without one is told by its status, as OpenTelemetry has it.
    public void Sent(int status, string? reason) => _errors.Add(1,
        new KeyValuePair<string, object?>("http.response.status_code", status),
        new KeyValuePair<string, object?>("error.type", reason ?? status.ToString(CultureInfo.InvariantCulture)));
}
