namespace Carafe;

/// <summary>Ends a command with one line on standard error and an exit code.</summary>
/// <param name="message">What went wrong and what to do about it.</param>
/// <param name="exitCode">1 unless told.</param>
public sealed class CommandException(string message, int exitCode = 1) : Exception(message)
{
    /// <summary>The exit code of the process.</summary>
    public int ExitCode { get; } = exitCode;
}
