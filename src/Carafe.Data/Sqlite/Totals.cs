using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// How many rows lists have, as this connection counted them, for as long as nothing is written. SQLite keeps no counts: each costs a walk over an index, while
/// asking whether anything has changed costs next to nothing (https://sqlite.org/pragma.html#pragma_data_version).
/// </summary>
internal sealed class Totals(SqliteConnection connection) : IDisposable
{
    // An app has fewer lists than this.
    private const int Capacity = 200;

    private readonly Dictionary<object, long> _known = [];
    private (long Others, int Own) _version;
    private sqlite3_stmt? _asks;

    /// <summary>The count of this list, if nothing was written since.</summary>
    public bool TryGet(object list, out long total)
    {
        total = 0;
        if (Version() is not { } version)
        {
            return false;
        }

        if (version != _version)
        {
            _known.Clear();
            _version = version;
        }

        return _known.TryGetValue(list, out total);
    }

    /// <summary>Keeps a count that was made after <see cref="TryGet"/> said no. A write in between makes it out of date at the next look.</summary>
    public void Keep(object list, long total)
    {
        if (_known.Count < Capacity && InNoTransaction)
        {
            _known[list] = total;
        }
    }

    public void Dispose() => _asks?.Dispose();

    // What a transaction has changed it may still take back.
    private bool InNoTransaction => connection.Handle is { } handle && sqlite3_get_autocommit(handle) != 0;

    private (long Others, int Own)? Version()
    {
        if (!InNoTransaction)
        {
            return null;
        }

        if (_asks is null && sqlite3_prepare_v3(connection.Handle, "PRAGMA data_version", SQLITE_PREPARE_PERSISTENT, out _asks) != SQLITE_OK)
        {
            return null;
        }

        try
        {
            return sqlite3_step(_asks) == SQLITE_ROW ? (sqlite3_column_int64(_asks, 0), sqlite3_total_changes(connection.Handle)) : null;
        }
        finally
        {
            sqlite3_reset(_asks);
        }
    }
}
