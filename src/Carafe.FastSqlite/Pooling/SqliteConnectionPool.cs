using System.Diagnostics;

namespace Carafe.FastSqlite.Pooling;

/// <summary>
/// The open connections of a database. The one that was used last is used next: SQLite drops the cached pages of every connection but the one that writes,
/// and where readers and the writer share it, its pages stay.
/// </summary>
internal sealed class SqliteConnectionPool(Func<PooledSqliteConnection> connect) : IDisposable
{
    // A thread needs one at a time, and more only to read in the middle of a read.
    private const int Capacity = 32;

    private readonly Lock _lock = new();
    private readonly Stack<PooledSqliteConnection> _resting = [];
    private int _generation;
    private bool _opened;
    private bool _disposed;

    /// <summary>Opens a connection if there is none yet, so that a database that cannot be opened fails where a context opens it.</summary>
    public void Open()
    {
        if (!Volatile.Read(ref _opened))
        {
            Return(Rent());
        }
    }

    public PooledSqliteConnection Rent()
    {
        int generation;
        lock (_lock)
        {
            if (_resting.TryPop(out var resting))
            {
                return resting;
            }

            generation = _generation;
        }

        var made = connect();
        made.Generation = generation;
        try
        {
            made.Open();
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Takes a connection back that has nothing of its last user: no transaction, no open reader.</summary>
    public void Return(PooledSqliteConnection connection)
    {
        Debug.Assert(connection.IsClean, "A connection came back to the pool with a transaction or an open statement.");
        lock (_lock)
        {
            if (!_disposed && _resting.Count < Capacity && connection.Generation == _generation)
            {
                _opened = true;
                _resting.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    /// <summary>Closes all connections, those in use when they come back.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _generation++;
            _opened = false;
            Drain();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Drain();
        }
    }

    private void Drain()
    {
        while (_resting.TryPop(out var connection))
        {
            connection.Dispose();
        }
    }
}
