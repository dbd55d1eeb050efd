using System.Collections.Concurrent;
using Carafe.FastSqlite.Pooling;
using Carafe.FastSqlite.Writes;
using Microsoft.Data.Sqlite;

namespace Carafe.FastSqlite.Connections;

/// <summary>What all contexts on one database share: the pool of connections, the lock of writers, the writer.</summary>
internal sealed class SharedDatabase : IAsyncDisposable
{
    // An app has fewer texts than this, unless it writes values into them.
    private const int MostKnown = 1000;

    private readonly ConcurrentDictionary<string, Statement> _known = new(StatementComparer.Instance);
    private readonly string _connectionString;
    private readonly string _setup;
    private int _knownCount;

    public SharedDatabase(string connectionString, string setup)
    {
        // The connections are pooled here; a second pool under them would hide what one of them has.
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
        _connectionString = builder.ToString();
        Name = Path.GetFileName(builder.DataSource);
        var timeout = TimeSpan.FromSeconds(builder.DefaultTimeout == 0 ? int.MaxValue / 1000 : builder.DefaultTimeout);
        // busy_timeout first: the others may have to wait.
        _setup = $"PRAGMA busy_timeout={(long)timeout.TotalMilliseconds}; {setup}";
        Lock = new WriteLock(timeout);
        Pool = new SqliteConnectionPool(() => new PooledSqliteConnection(_connectionString, _setup, Functions));
        Counts = new RowCountCache();
        Writer = new GroupCommitWriter(Lock, Pool);
    }

    public SqliteConnectionPool Pool { get; }

    public WriteLock Lock { get; }

    public GroupCommitWriter Writer { get; }

    public RowCountCache Counts { get; }

    /// <summary>The name of the file, without its folder.</summary>
    public string Name { get; }

    /// <summary>The functions that EF Core translates to.</summary>
    public ConnectionFields? Functions { get; set; }

    /// <summary>Whether several connections with this string see one database, and only by SQLite's ordinary locks.</summary>
    public static bool CanBe(string connectionString)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString);
        var source = builder.DataSource;
        return builder is { Mode: not SqliteOpenMode.Memory, Cache: not SqliteCacheMode.Shared } && source.Length > 0 && source != ":memory:"
            && !(source.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
                && (source.StartsWith("file::memory:", StringComparison.OrdinalIgnoreCase)
                    || source.Contains("mode=memory", StringComparison.OrdinalIgnoreCase)
                    || source.Contains("cache=shared", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>The file as SQLite names it.</summary>
    public string FileName => field ??= ReadFileName();

    /// <summary>Opens a connection that has the functions and collations of another one, and belongs to nobody else.</summary>
    public PooledSqliteConnection Connect(SqliteConnection like)
    {
        var connection = new PooledSqliteConnection(_connectionString, _setup, Functions) { Generation = -1 };
        try
        {
            ConnectionFields.Copy(like, connection);
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Says what a statement does. SQLite is asked about those whose first word does not say.</summary>
    public Statement Classify(string text)
    {
        if (_known.TryGetValue(text, out var known))
        {
            return known;
        }

        var kind = StatementClassifier.Kind(text);
        if (kind == StatementEffect.Unclear)
        {
            if (Ask(text) is not { } found)
            {
                // Running it will say what is wrong; next time it may be right.
                return Statement.Of(text, StatementEffect.Read);
            }

            kind = found;
        }

        var statement = Statement.Of(text, kind);
        if (Volatile.Read(ref _knownCount) < MostKnown && _known.TryAdd(text, statement))
        {
            Interlocked.Increment(ref _knownCount);
        }

        return statement;
    }

    private StatementEffect? Ask(string text)
    {
        var connection = Pool.Rent();
        var kind = connection.Classify(text);
        Pool.Return(connection);
        return kind;
    }

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        Pool.Dispose();
    }

    private string ReadFileName()
    {
        var connection = Pool.Rent();
        var name = connection.DataSource;
        Pool.Return(connection);
        return name;
    }
}
