using Carafe.Data.Providers;

namespace Carafe.Data.Health;

/// <summary>
/// Tracks whether the database is in trouble. The log has one error when that begins or gets worse and one line when it ends, however many requests run
/// into it.
/// </summary>
internal sealed class DatabaseState(ILogger<DatabaseState> logger)
{
    private readonly Lock _lock = new();
    private volatile DatabaseTrouble? _trouble;

    public DatabaseTrouble? Trouble => _trouble;

    /// <summary>Gets whether nothing may be written, because nobody would find it again.</summary>
    public bool IsGone => _trouble is { Kind: DatabaseTroubleKind.Gone };

    public void Report(DatabaseTrouble trouble)
    {
        lock (_lock)
        {
            if (_trouble is null || _trouble.Kind < trouble.Kind)
            {
                _trouble = trouble;
                logger.LogError("{Reason}", trouble.Reason);
            }
        }
    }

    public void Clear(string database)
    {
        lock (_lock)
        {
            if (_trouble is not null)
            {
                _trouble = null;
                logger.LogInformation("{Database} can be used again", database);
            }
        }
    }
}
