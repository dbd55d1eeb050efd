using System.Diagnostics;

namespace Carafe.Errors;

/// <summary>Gets the trace id of a request: it is in the log, in errors and in X-Request-Id (W3C Trace Context).</summary>
internal static class TraceIds
{
    public static string Of(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}
