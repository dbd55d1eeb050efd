namespace Carafe;

/// <summary>Describes an error response before it has a format: what the mapping of <c>AddErrorFormat</c> turns into the app's own body.</summary>
/// <param name="Status">The HTTP status code that is sent, 400 to 599.</param>
/// <param name="Title">The reason phrase of the status, such as <c>Not Found</c>.</param>
/// <param name="Message">What went wrong, for the caller. Never empty.</param>
public sealed record ErrorDetails(int Status, string Title, string Message)
{
    /// <summary>Gets a stable, machine-readable name of the cause, such as <c>token_expired</c>; null when the status says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// Gets the trace id under which the server logged the request (W3C Trace Context); null when a connection is refused before a request is read.
    /// </summary>
    public string? TraceId { get; init; }

    /// <summary>Gets the messages by JSON name and path; null when the error is not about particular members.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Gets the same messages one by one, each with the part of the request that it is about. Empty when there are none.</summary>
    public IReadOnlyList<ErrorMember> Members { get; init; } = [];
}
