using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// A command that runs on a statement its connection has prepared before, and that waits at the write gate when it writes outside a transaction.
/// EF makes one for each execution and disposes it after the reader; then the statement goes back and the gate opens.
/// </summary>
internal sealed class PreparedCommand : SqliteCommand
{
    private readonly LastingConnection _connection;
    private SqliteCommand? _inner;
    private SqliteDataReader? _reader;
    private CancellationTokenRegistration _cancel;
    private bool _holdsGate;

    public PreparedCommand(LastingConnection connection)
    {
        _connection = connection;
        Connection = connection;
    }

    // The words that EF starts its statements with; anything else runs as it would without us.
    private bool Writes => Starts("INSERT") || Starts("UPDATE") || Starts("DELETE") || Starts("REPLACE");

    private bool Prepares => Writes || Starts("SELECT") || Starts("WITH");

    public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
    {
        if (MustWait())
        {
            _connection.Gate.Enter();
            _holdsGate = true;
        }

        return Run(behavior);
    }

    public override int ExecuteNonQuery()
    {
        // The base class would read through this command and leave the gate to Dispose, as is right for readers only.
        using var reader = ExecuteReader(CommandBehavior.Default);
        reader.Close();
        var affected = reader.RecordsAffected;
        Finish();
        return affected;
    }

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return ExecuteNonQuery();
    }

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return ExecuteScalar();
    }

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return Run(behavior);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Finish();
        }

        base.Dispose(disposing);
    }

    private bool MustWait() => Writes && !_holdsGate && !_connection.HoldsGate;

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (MustWait())
        {
            await _connection.Gate.EnterAsync(cancellationToken);
            _holdsGate = true;
        }

        if (cancellationToken.CanBeCanceled && Connection?.Handle is { } handle)
        {
            _cancel = cancellationToken.UnsafeRegister(static handle => sqlite3_interrupt((SQLitePCL.sqlite3)handle!), handle);
        }
    }

    private SqliteDataReader Run(CommandBehavior behavior)
    {
        if (!Prepares)
        {
            return _reader = base.ExecuteReader(behavior);
        }

        Recycle();
        _inner = _connection.Rent(CommandText);
        _inner.CommandTimeout = CommandTimeout;
        _inner.Transaction = Transaction;
        foreach (SqliteParameter parameter in Parameters)
        {
            _inner.Parameters.Add(parameter);
        }

        return _reader = _inner.ExecuteReader(behavior);
    }

    private void Finish()
    {
        _cancel.Dispose();
        _cancel = default;
        Recycle();
        if (_holdsGate)
        {
            _holdsGate = false;
            _connection.Gate.Leave();
        }
    }

    private void Recycle()
    {
        _reader?.Dispose();
        _reader = null;
        if (_inner is { } inner)
        {
            _inner = null;
            _connection.Return(inner);
        }
    }

    private bool Starts(string word) => CommandText.AsSpan().TrimStart().StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
