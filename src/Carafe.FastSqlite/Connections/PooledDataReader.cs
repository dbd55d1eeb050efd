using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Carafe.FastSqlite.Pooling;
using Carafe.FastSqlite.Telemetry;
using Carafe.FastSqlite.Writes;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Carafe.FastSqlite.Connections;

/// <summary>
/// The rows of a statement that runs on a prepared command, as the driver reads them. It gives the command back when it is closed, and a connection of the
/// pool with it. Its connection can have the rest of the rows taken at once, when it has something else to do.
/// </summary>
internal sealed class PooledDataReader : DbDataReader
{
    private readonly RoutingSqliteConnection _owner;
    private readonly PooledSqliteConnection _connection;
    private readonly SqliteCommand _command;
    private readonly StatementInterrupt? _interrupt;
    private readonly SqliteDataReader _driver;
    private readonly Activity? _span;
    private DbDataReader _reader;
    private bool _isRunning = true;
    // While it stands on a row of the driver's. The driver asks SQLite three times for each column: whether there is a row, for the type, for the value.
    // A number that is not zero and text that is not null say all three at once.
    private sqlite3_stmt? _row;

    /// <summary>Executes a prepared command. What it took is given back if that fails.</summary>
    public PooledDataReader(
        RoutingSqliteConnection owner, PooledSqliteConnection connection, SqliteCommand command, Statement statement, StatementInterrupt? interrupt,
        bool isLent)
    {
        (_owner, _connection, _command, _interrupt, IsLent) = (owner, connection, command, interrupt, isLent);
        owner.Began(this);
        _span = SqliteTelemetry.Begin(statement.Summary, owner.Shared!.Name);
        try
        {
            _reader = _driver = command.ExecuteReader();
        }
        catch (SqliteException exception) when (interrupt?.Caused(exception) == true)
        {
            GiveBack(exception);
            throw new OperationCanceledException(exception.Message, exception, interrupt.Token);
        }
        catch (Exception exception)
        {
            GiveBack(exception);
            throw;
        }
    }

    /// <summary>Whether its connection is one of the pool's, lent for this read alone.</summary>
    public bool IsLent { get; }

    /// <summary>The lock that is left when it is closed.</summary>
    public WriteLock? Held { get; set; }

    public override int Depth => _reader.Depth;

    public override int FieldCount => _reader.FieldCount;

    public override bool HasRows => _reader.HasRows;

    public override bool IsClosed => _reader.IsClosed;

    public override int RecordsAffected => _driver.RecordsAffected;

    public override object this[int ordinal] => _reader[ordinal];

    public override object this[string name] => _reader[name];

    /// <summary>Takes the rest of the rows at once, and gives the connection back.</summary>
    public void Detach()
    {
        if (_isRunning && !_driver.IsClosed)
        {
            var isOnRow = _row is not null;
            _row = null;
            _reader = BufferedDataReader.Read(_driver, _owner.Shared!.Pool, isOnRow);
        }

        GiveBack();
    }

    /// <summary>Takes all rows, and ends it.</summary>
    public BufferedDataReader ToBuffer()
    {
        var buffer = BufferedDataReader.Read(_driver, _owner.Shared!.Pool);
        GiveBack();
        return buffer;
    }

    public override bool Read()
    {
        try
        {
            var found = _reader.Read();
            _row = found && _reader == _driver ? _driver.Handle : null;
            return found;
        }
        catch (SqliteException exception) when (_interrupt?.Caused(exception) == true)
        {
            throw new OperationCanceledException(exception.Message, exception, _interrupt.Token);
        }
    }

    public override bool NextResult()
    {
        _row = null;
        return _reader.NextResult();
    }

    public override void Close()
    {
        _row = null;
        _reader.Close();
        GiveBack();
    }

    public override bool IsDBNull(int ordinal) => (_row is null || sqlite3_column_type(_row, ordinal) == SQLITE_NULL) && _reader.IsDBNull(ordinal);

    public override bool GetBoolean(int ordinal) => Number(ordinal) != 0 || _reader.GetBoolean(ordinal);

    public override int GetInt32(int ordinal) => Number(ordinal) is not 0 and var number ? checked((int)number) : _reader.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => Number(ordinal) is not 0 and var number ? number : _reader.GetInt64(ordinal);

    public override double GetDouble(int ordinal) =>
        _row is not null && sqlite3_column_double(_row, ordinal) is not 0 and var number ? number : _reader.GetDouble(ordinal);

    public override string GetString(int ordinal) => Text(ordinal) ?? _reader.GetString(ordinal);

    // The driver parses a time with a culture, which takes longer than reading the rest of a row. Of a text SQLite gives the bytes, too.
    public override DateTime GetDateTime(int ordinal) =>
        _row is not null && StoredTime.TryRead(sqlite3_column_blob(_row, ordinal), out var time) ? time : _reader.GetDateTime(ordinal);

    public override byte GetByte(int ordinal) => _reader.GetByte(ordinal);

    public override char GetChar(int ordinal) => _reader.GetChar(ordinal);

    public override short GetInt16(int ordinal) => _reader.GetInt16(ordinal);

    public override float GetFloat(int ordinal) => _reader.GetFloat(ordinal);

    public override decimal GetDecimal(int ordinal) => _reader.GetDecimal(ordinal);

    public override Guid GetGuid(int ordinal) => _reader.GetGuid(ordinal);

    public override T GetFieldValue<T>(int ordinal) => _reader.GetFieldValue<T>(ordinal);

    public override object GetValue(int ordinal) => _reader.GetValue(ordinal);

    public override int GetValues(object[] values) => _reader.GetValues(values);

    public override Stream GetStream(int ordinal) => _reader.GetStream(ordinal);

    public override TextReader GetTextReader(int ordinal) => _reader.GetTextReader(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        _reader.GetBytes(ordinal, dataOffset, buffer, bufferOffset, length);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        _reader.GetChars(ordinal, dataOffset, buffer!, bufferOffset, length);

    public override string GetName(int ordinal) => _reader.GetName(ordinal);

    public override int GetOrdinal(string name) => _reader.GetOrdinal(name);

    public override string GetDataTypeName(int ordinal) => _reader.GetDataTypeName(ordinal);

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public override Type GetFieldType(int ordinal) => _reader.GetFieldType(ordinal);

    public override DataTable? GetSchemaTable() => _reader.GetSchemaTable();

    public override IEnumerator GetEnumerator() => new DbEnumerator(this, closeReader: false);

    private long Number(int ordinal) => _row is null ? 0 : sqlite3_column_int64(_row, ordinal);

    private string? Text(int ordinal) => _row is null ? null : sqlite3_column_text(_row, ordinal).utf8_to_string();

    private void GiveBack(Exception? exception = null)
    {
        if (!_isRunning)
        {
            return;
        }

        _isRunning = false;
        _row = null;
        // In this order: nothing may interrupt the connection once somebody else has it.
        _driver?.Dispose();
        _interrupt?.Dispose();
        _connection.Return(_command);
        _owner.Ended(this);
        if (IsLent)
        {
            _owner.Shared!.Pool.Return(_connection);
        }

        Held?.Leave();
        SqliteTelemetry.End(_span, exception);
    }
}
