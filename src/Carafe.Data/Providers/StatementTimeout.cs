namespace Carafe.Data.Providers;

/// <summary>Says how long a statement may take. A command has no caller who needs a response within seconds, and has time to wait for a busy machine.</summary>
internal sealed class StatementTimeout(DatabaseSettings settings)
{
    private const int CommandSeconds = 600;

    public bool IsCommand { get; private set; }

    public int Seconds => IsCommand ? Math.Max(settings.DatabaseTimeout, CommandSeconds) : settings.DatabaseTimeout;

    /// <summary>Allows what a command may take; called before the database is opened.</summary>
    public void BeginCommand() => IsCommand = true;
}
