namespace Carafe;

/// <summary>
/// Describes an error for the caller. Every error response is written from one of these, in the standard error format (see <see cref="ErrorBody"/>).
/// </summary>
/// <param name="Status">The HTTP status code, 400 to 599.</param>
/// <param name="Message">One sentence for the caller. Empty means the standard sentence of the status. Never a stack trace, SQL or a secret.</param>
public sealed record ApiError(int Status, string Message = "")
{
    /// <summary>
    /// Gets the messages by JSON name, <c>{"email": ["is already taken"]}</c>. Default: null, when the error is not about particular members.
    /// </summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Gets whether the names are whole paths. Default: false, a name alone may be that of a member further inside the body.</summary>
    internal bool HasPaths { get; init; }

    /// <summary>Gets where the members are that the caller did not send in the body; null when nothing is known of it.</summary>
    internal IReadOnlyDictionary<string, ErrorSource>? Sources { get; init; }

    /// <summary>Gets a stable, machine-readable name of the cause, such as <c>token_expired</c>. Default: null, when the status says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// Gets the time to send as <c>Retry-After</c>, in whole seconds, rounded up (RFC 9110 section 10.2.3). Default: null, which sends none.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }
}
