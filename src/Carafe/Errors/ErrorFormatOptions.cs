namespace Carafe;

/// <summary>Sets how an error format of the app's own is sent.</summary>
public sealed class ErrorFormatOptions
{
    /// <summary>Gets or sets the media type of error responses; it must be JSON. Default: <c>application/json</c>.</summary>
    public string MediaType { get; set; } = "application/json";

    /// <summary>
    /// Gets or sets whether callers whose Accept names <c>application/problem+json</c> get RFC 9457 problem details instead. Default: true.
    /// </summary>
    public bool ProblemDetails { get; set; } = true;
}
