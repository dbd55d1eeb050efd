namespace Carafe;

/// <summary>Ends the request with <see cref="Error"/>. Thrown by <see cref="Abort"/>; answered, and not logged as a failure, by the error handler.</summary>
/// <param name="error">What the caller is told.</param>
/// <param name="cause">What led to it, for a debugger; never sent.</param>
public sealed class AbortException(ApiError error, Exception? cause = null) : Exception(error.Message, cause)
{
    /// <summary>What the caller is told.</summary>
    public ApiError Error { get; } = error;
}
