using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// A command that runs on a statement that was prepared before. One that writes outside a transaction is left to the writer, or else waits at the write gate. EF makes one for each
/// execution and disposes it after the reader; then the statement goes back and the gate opens.
/// </summary>
internal sealed class PreparedCommand : SqliteCommand, IOpenRead
{
    private readonly ContextConnection _connection;
    private SqliteCommand? _inner;
    private SqliteDataReader? _reader;
    private CancellationTokenRegistration _cancel;
    private bool _holdsGate;

    public PreparedCommand(ContextConnection connection)
    {
        _connection = connection;
        Connection = connection;
    }

    public ConnectionPool Pool => _connection.Pool;

    public bool IsOpen => _reader is { IsClosed: false };

    public void Abandon() => Finish();

    void IOpenRead.Finish()
    {
    }

    public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
    {
        var kind = _connection.Kind(CommandText);
        if (MustWait(kind))
        {
            _connection.Gate.Enter();
            _holdsGate = true;
        }

        return RunInTurn(kind, behavior, CancellationToken.None);
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
        await using var reader = await ReadAsync(CommandBehavior.Default, cancellationToken);
        await reader.CloseAsync();
        var affected = reader.RecordsAffected;
        Finish();
        return affected;
    }

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        await using var reader = await ReadAsync(CommandBehavior.Default, cancellationToken);
        var value = reader.Read() ? reader.GetValue(0) : null;
        await reader.CloseAsync();
        Finish();
        return value;
    }

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) => ReadAsync(behavior, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Finish();
        }

        base.Dispose(disposing);
    }

    private bool MustWait(StatementKind kind) => kind == StatementKind.Write && !_holdsGate && !_connection.IsInTransaction;

    // An open reader would hide what another connection commits. And one of the database in memory would keep it from committing.
    private bool IsForWriter(CommandBehavior behavior) => behavior == CommandBehavior.Default && StatementText.IsSingle(CommandText)
        && _connection is { State: ConnectionState.Open, IsPeculiar: false, IsReading: false };

    private async Task<DbDataReader> ReadAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var kind = _connection.Kind(CommandText);
        if (MustWait(kind))
        {
            if (IsForWriter(behavior))
            {
                try
                {
                    return await _connection.Writer.WriteAsync(this, cancellationToken);
                }
                catch (SqliteException fault) when (fault.SqliteErrorCode == SQLITE_ERROR)
                {
                    // It did nothing. It may mean what only this connection has (a function, an attached database), and if not, fails again.
                }
            }

            await _connection.Gate.EnterAsync(cancellationToken);
            _holdsGate = true;
        }

        return RunInTurn(kind, behavior, cancellationToken);
    }

    // Nobody may dispose a command that failed, and the gate is not to stay shut until then.
    private SqliteDataReader RunInTurn(StatementKind kind, CommandBehavior behavior, CancellationToken cancellationToken)
    {
        try
        {
            if (_holdsGate)
            {
                _connection.CheckSnapshot();
            }

            return Run(kind, behavior, cancellationToken);
        }
        catch
        {
            Finish();
            throw;
        }
    }

    private SqliteDataReader Run(StatementKind kind, CommandBehavior behavior, CancellationToken cancellationToken)
    {
        Recycle();
        if (kind == StatementKind.Other)
        {
            _connection.FinishLent();
            _connection.IsPeculiar |= StatementText.IsForOneConnection(CommandText);
            CancelBy(_connection, cancellationToken);
            _reader = base.ExecuteReader(behavior);
        }
        else
        {
            _connection.FinishLent();
            _inner = _connection.Rent(this);
            _inner.Transaction = Transaction;
            CancelBy(_connection, kind == StatementKind.Write ? default : cancellationToken);
            _reader = _inner.ExecuteReader(behavior);
        }

        _connection.Reads(this);
        return _reader;
    }

    // Interrupting a write would undo the transaction that it is part of.
    private void CancelBy(LastingConnection connection, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled && connection.Handle is { } handle)
        {
            _cancel = cancellationToken.UnsafeRegister(static handle => sqlite3_interrupt((SQLitePCL.sqlite3)handle!), handle);
        }
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
        if (_reader is { } reader)
        {
            _reader = null;
            reader.Dispose();
            _connection.HasRead(this);
        }

        if (_inner is { } inner)
        {
            _inner = null;
            _connection.Return(inner);
        }
    }
}
