namespace Carafe;

/// <summary>Ends a command with one line on standard error and an exit code.</summary>
/// <param name="message">What went wrong and what to do about it.</param>
/// <param name="exitCode">The exit code. Default: 1.</param>
public sealed class CommandException(string message, int exitCode = 1) : Exception(message)
{
    /// <summary>Gets the exit code of the process.</summary>
    public int ExitCode { get; } = exitCode;
}
