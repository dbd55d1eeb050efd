using System.Diagnostics;

namespace Carafe.Data.Sqlite;

/// <summary>
/// The open connections of a database, for whatever does not depend on a connection of its own: reads outside transactions, and the writer. The one that was used last is used
/// next. SQLite drops the cached pages of every connection but the one that writes; where readers and the writer share it, its pages stay.
/// </summary>
internal sealed class ConnectionPool(Func<LastingConnection> connect) : IDisposable
{
    // A thread needs one at a time, and more only to read in the middle of a read.
    private const int Capacity = 32;

    private readonly Lock _lock = new();
    private readonly Stack<LastingConnection> _resting = [];
    private bool _disposed;

    public Totals Totals => field ??= new Totals(this);

    public LastingConnection Rent()
    {
        lock (_lock)
        {
            if (_resting.TryPop(out var connection))
            {
                return connection;
            }
        }

        var made = connect();
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

    /// <summary>Takes it back as it was: no transaction, no open reader.</summary>
    public void Return(LastingConnection connection)
    {
        Debug.Assert(connection.IsClean, "A connection came back to the pool with a transaction or an open statement.");
        lock (_lock)
        {
            if (!_disposed && _resting.Count < Capacity)
            {
                _resting.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_resting.TryPop(out var connection))
            {
                connection.Dispose();
            }
        }
    }
}
