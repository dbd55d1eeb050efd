namespace Carafe;

/// <summary>
/// Sets the status codes of errors, wherever they are raised: <c>services.Configure&lt;ErrorStatuses&gt;(statuses => statuses.Validation = 422)</c>. The
/// responses and the API document follow. A status that is no error stops the start.
/// </summary>
public sealed class ErrorStatuses
{
    /// <summary>Gets or sets the status of a request with a missing, unreadable or invalid member or parameter, which the error names. Default: 400.</summary>
    public int Validation { get; set; } = StatusCodes.Status400BadRequest;

    /// <summary>Gets or sets the status of a request that is malformed in another way, such as a body that is not JSON. Default: 400.</summary>
    public int BadRequest { get; set; } = StatusCodes.Status400BadRequest;

    /// <summary>Gets or sets the status of what the caller may not do. Default: 403.</summary>
    public int Forbidden { get; set; } = StatusCodes.Status403Forbidden;

    /// <summary>Gets or sets the status of what does not exist. Default: 404.</summary>
    public int NotFound { get; set; } = StatusCodes.Status404NotFound;

    /// <summary>Gets or sets the status of a conflict, such as a value that is already taken. Default: 409.</summary>
    public int Conflict { get; set; } = StatusCodes.Status409Conflict;

    /// <summary>Gets or sets the status of a well-formed request that breaks a business constraint. Default: 422.</summary>
    public int Unprocessable { get; set; } = StatusCodes.Status422UnprocessableEntity;

    /// <summary>Returns the status that is sent for an error's own.</summary>
    internal int For(int status, bool namesMembers = false) => status switch
    {
        StatusCodes.Status400BadRequest => namesMembers ? Validation : BadRequest,
        StatusCodes.Status403Forbidden => Forbidden,
        StatusCodes.Status404NotFound => NotFound,
        StatusCodes.Status409Conflict => Conflict,
        StatusCodes.Status422UnprocessableEntity => Unprocessable,
        _ => status,
    };
}
