using System.Diagnostics.Contracts;

namespace Carafe;

/// <summary>
/// Makes the exception that ends the request with an error in the standard format, from anywhere: <c>throw Abort.NotFound("User 42 not found")</c>. A
/// call whose result is not thrown does nothing, and the compiler's analysis warns of it (CA1806).
/// </summary>
public static class Abort
{
    /// <summary>Ends the request with 400: it is malformed, or a member is missing or has the wrong format.</summary>
    /// <param name="message">One sentence for the caller.</param>
    /// <returns>The exception to throw.</returns>
    [Pure]
    public static AbortException BadRequest(string message) => With(new ApiError(StatusCodes.Status400BadRequest, message));

    /// <summary>Ends the request with 400 and names one member: <c>errors: {"email": ["..."]}</c>.</summary>
    /// <param name="member">The JSON name or path of the member.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <returns>The exception to throw.</returns>
    [Pure]
    public static AbortException Invalid(string member, string problem) =>
        With(new ApiError(StatusCodes.Status400BadRequest, Errors.ValidationErrors.Summary(ErrorsOf(member, problem))) { Errors = ErrorsOf(member, problem) });

    /// <summary>
    /// Ends the request with 401: the caller is not authenticated. The <c>WWW-Authenticate</c> challenge is added if the response lacks one.
    /// </summary>
    /// <param name="message">One sentence for the caller.</param>
    /// <returns>The exception to throw.</returns>
    [Pure]
    public static AbortException Unauthorized(string message = "") => With(new ApiError(StatusCodes.Status401Unauthorized, message));

    /// <summary>Ends the request with 403: the caller is known and may not do this.</summary>
    /// <param name="message">One sentence for the caller.</param>
    /// <returns>The exception to throw.</returns>
    [Pure]
    public static AbortException Forbidden(string message = "") => With(new ApiError(StatusCodes.Status403Forbidden, message));

    /// <summary>Ends the request with 404: the resource does not exist, or the caller may not know that it does.</summary>
    /// <param name="message">One sentence for the caller.</param>
    /// <returns>The exception to throw.</returns>
    [Pure]
    public static AbortException NotFound(string message = "") => With(new ApiError(StatusCodes.Status404NotFound, message));

    /// <summary>Ends the request with 409: a duplicate. Names the member when one is given.</summary>
    /// <param name="message">One sentence for the caller.</param>
    /// <param name="member">The JSON name of the member that is taken.</param>
    /// <returns>The exception to throw.</returns>
    [Pure]
    public static AbortException Conflict(string message, string? member = null) =>
        With(new ApiError(StatusCodes.Status409Conflict, message) { Errors = member is null ? null : ErrorsOf(member, message) });

    /// <summary>Ends the request with 422: it is well-formed and breaks a business constraint. Names the member when one is given.</summary>
    /// <param name="message">One sentence for the caller.</param>
    /// <param name="member">The JSON name of the member that breaks the constraint.</param>
    /// <returns>The exception to throw.</returns>
    [Pure]
    public static AbortException Unprocessable(string message, string? member = null) =>
        With(new ApiError(StatusCodes.Status422UnprocessableEntity, message) { Errors = member is null ? null : ErrorsOf(member, message) });

    /// <summary>Ends the request with any error.</summary>
    /// <param name="error">The error to send.</param>
    /// <returns>The exception to throw.</returns>
    [Pure]
    public static AbortException With(ApiError error) => new(error);

    private static Dictionary<string, string[]> ErrorsOf(string member, string problem) => new() { [member] = [problem] };
}
