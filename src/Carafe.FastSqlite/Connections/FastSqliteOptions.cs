using System.Collections.Concurrent;
using Carafe.FastSqlite.Connections;
using Microsoft.Data.Sqlite;

namespace Microsoft.EntityFrameworkCore;

/// <summary>
/// The settings of <c>UseFastSqlite</c>, and the holder of the connections that contexts with these settings share. Register one as a singleton, and the
/// container closes the connections when the app ends: <c>services.AddSingleton&lt;FastSqliteOptions&gt;()</c>.
/// </summary>
public sealed class FastSqliteOptions : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<string, SharedDatabase?> _databases = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <summary>
    /// Gets the SQL that each connection runs when it is opened, such as <c>PRAGMA journal_mode=WAL; PRAGMA cache_size=-16384;</c>. Default: none, and the
    /// settings of SQLite and of the file hold.
    /// </summary>
    public string ConnectionSetup { get; init; } = "";

    /// <summary>
    /// Gets what defines the app's functions and collations on a connection, such as <c>connection => connection.CreateFunction("reverse", ...)</c>. Each
    /// connection of the pool has them. Default: none but those of EF Core.
    /// </summary>
    public Action<SqliteConnection>? DefineFunctions { get; init; }

    /// <summary>Closes the connections, after the writes that wait. Contexts that are made later share nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (var database in _databases.Values)
        {
            await (database?.DisposeAsync() ?? default);
        }
    }

    /// <summary>Closes the connections, after the writes that wait.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Finds what contexts with this connection string share; null where a database cannot be shared between connections.</summary>
    internal SharedDatabase? Find(string connectionString) =>
        _disposed
            ? null
            : _databases.GetOrAdd(
                connectionString, static (text, options) => SharedDatabase.CanBe(text) ? new SharedDatabase(text, options.ConnectionSetup) : null, this);
}
