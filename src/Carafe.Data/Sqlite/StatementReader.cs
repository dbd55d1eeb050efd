using System.Collections;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// Reads a row as the driver does, of which it asks only what is not plain: a number that is stored as a number, text that is stored as text, a time in the form that the driver writes.
/// </summary>
internal sealed class StatementReader : DbDataReader
{
    private readonly SqliteDataReader _driver;
    private readonly nint _statement;

    public StatementReader(SqliteDataReader driver)
    {
        _driver = driver;
        _statement = StatementColumns.AreThoseOfTheDriver && driver.Handle is { } statement ? statement.DangerousGetHandle() : 0;
    }

    public override int Depth => _driver.Depth;

    public override int FieldCount => _driver.FieldCount;

    public override bool HasRows => _driver.HasRows;

    public override bool IsClosed => _driver.IsClosed;

    public override int RecordsAffected => _driver.RecordsAffected;

    public override object this[int ordinal] => _driver[ordinal];

    public override object this[string name] => _driver[name];

    public override bool Read() => _driver.Read();

    public override void Close() => _driver.Close();

    public override bool NextResult() => _driver.NextResult();

    public override bool IsDBNull(int ordinal) => _statement == 0 ? _driver.IsDBNull(ordinal) : StatementColumns.Type(StatementColumns.Value(_statement, ordinal)) == SQLITE_NULL;

    public override bool GetBoolean(int ordinal) => Is(ordinal, SQLITE_INTEGER, out var value) ? StatementColumns.Int64(value) != 0 : _driver.GetBoolean(ordinal);

    public override int GetInt32(int ordinal) => Is(ordinal, SQLITE_INTEGER, out var value) ? checked((int)StatementColumns.Int64(value)) : _driver.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => Is(ordinal, SQLITE_INTEGER, out var value) ? StatementColumns.Int64(value) : _driver.GetInt64(ordinal);

    public override double GetDouble(int ordinal) => Is(ordinal, SQLITE_FLOAT, out var value) ? StatementColumns.Double(value) : _driver.GetDouble(ordinal);

    public override string GetString(int ordinal) => Is(ordinal, SQLITE_TEXT, out var value) ? Encoding.UTF8.GetString(StatementColumns.Text(_statement, ordinal, value)) : _driver.GetString(ordinal);

    public override DateTime GetDateTime(int ordinal) =>
        Is(ordinal, SQLITE_TEXT, out var value) && StoredTime.TryRead(StatementColumns.Text(_statement, ordinal, value), out var time) ? time : _driver.GetDateTime(ordinal);

    public override byte GetByte(int ordinal) => _driver.GetByte(ordinal);

    public override char GetChar(int ordinal) => _driver.GetChar(ordinal);

    public override short GetInt16(int ordinal) => _driver.GetInt16(ordinal);

    public override float GetFloat(int ordinal) => _driver.GetFloat(ordinal);

    public override decimal GetDecimal(int ordinal) => _driver.GetDecimal(ordinal);

    public override Guid GetGuid(int ordinal) => _driver.GetGuid(ordinal);

    public override T GetFieldValue<T>(int ordinal) => _driver.GetFieldValue<T>(ordinal);

    public override object GetValue(int ordinal) => _driver.GetValue(ordinal);

    public override int GetValues(object[] values) => _driver.GetValues(values!);

    public override Stream GetStream(int ordinal) => _driver.GetStream(ordinal);

    public override TextReader GetTextReader(int ordinal) => _driver.GetTextReader(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => _driver.GetBytes(ordinal, dataOffset, buffer, bufferOffset, length);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => _driver.GetChars(ordinal, dataOffset, buffer, bufferOffset, length);

    public override string GetName(int ordinal) => _driver.GetName(ordinal);

    public override int GetOrdinal(string name) => _driver.GetOrdinal(name);

    public override string GetDataTypeName(int ordinal) => _driver.GetDataTypeName(ordinal);

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public override Type GetFieldType(int ordinal) => _driver.GetFieldType(ordinal);

    public override IEnumerator GetEnumerator() => new DbEnumerator(this, closeReader: false);

    // A column that is not there has the type NULL.
    private bool Is(int ordinal, int type, out nint value)
    {
        value = _statement == 0 ? 0 : StatementColumns.Value(_statement, ordinal);
        return value != 0 && StatementColumns.Type(value) == type;
    }
}
