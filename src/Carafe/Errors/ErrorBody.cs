using System.Text.Json.Serialization;
using Carafe.Errors;

namespace Carafe;

/// <summary>
/// Represents the body of every error response as <c>application/json</c>, unless <c>AddErrorFormat</c> gives the app a format of its own. A caller that
/// accepts <c>application/problem+json</c> gets the same facts as RFC 9457.
/// </summary>
/// <param name="Error">The reason phrase of the status, such as <c>Not Found</c>.</param>
/// <param name="Message">What went wrong, for the caller.</param>
/// <param name="Status">The HTTP status code, the same as on the status line.</param>
public sealed record ErrorBody(string Error, string Message, [property: JsonConverter(typeof(StatusConverter))] int Status)
{
    /// <summary>Gets the messages by JSON name and path; absent when the error is not about particular members.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Gets a stable, machine-readable name of the cause; absent when the status says it all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Gets the trace id under which the server logged the request (W3C Trace Context).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    internal static ErrorBody From(ErrorDetails error) =>
        new(error.Title, error.Message, error.Status) { Errors = error.Errors, Reason = error.Reason, TraceId = error.TraceId };
}
