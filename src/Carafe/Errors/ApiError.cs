namespace Carafe;

/// <summary>What went wrong, for the caller: every error answer is written from one of these, in one shape (see <see cref="ErrorBody"/>).</summary>
/// <param name="Status">The HTTP status code, 400 to 599.</param>
/// <param name="Message">One sentence for the caller. Empty means the standard sentence of the status. Never a stack trace, SQL or a secret.</param>
public sealed record ApiError(int Status, string Message = "")
{
    /// <summary>Faults by JSON name, <c>{"email": ["is already taken"]}</c>; null when the error is not about particular members.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>A stable machine-readable word for the cause, such as <c>token_expired</c>; null when the status says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>Sent as <c>Retry-After</c> in whole seconds, rounded up (RFC 9110 section 10.2.3); null sends none.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
