namespace Carafe;

/// <summary>Ends the request with <see cref="Error"/>. <see cref="Abort"/> creates it; the error handler sends it and does not log it as a failure.</summary>
/// <param name="error">The error to send.</param>
/// <param name="cause">What led to it, for a debugger; never sent.</param>
public sealed class AbortException(ApiError error, Exception? cause = null) : Exception(error.Message, cause)
{
    /// <summary>Gets the error to send.</summary>
    public ApiError Error { get; } = error;
}
