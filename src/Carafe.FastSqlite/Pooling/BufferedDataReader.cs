using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Carafe.FastSqlite.Pooling;

/// <summary>
/// What a statement of the writer returned. The values are as SQLite gave them. Whoever wants one as something else gets it from the driver, which is made to
/// read the row once more: its conversions are many, and have changed from version to version.
/// </summary>
internal sealed class BufferedDataReader : DbDataReader
{
    private readonly SqliteConnectionPool _pool;
    private readonly string[] _names;
    private readonly List<object[]> _rows;
    private PooledSqliteConnection? _connection;
    private SqliteCommand? _again;
    private SqliteDataReader? _converting;
    private int _position = -1;
    private bool _closed;

    /// <summary>Makes the result of a statement that has one row with one column.</summary>
    public BufferedDataReader(SqliteConnectionPool pool, string name, object value)
        : this(pool, [name], [[value]]) => Affected = -1;

    private BufferedDataReader(SqliteConnectionPool pool, string[] names, List<object[]> rows) => (_pool, _names, _rows) = (pool, names, rows);

    public override int Depth => 0;

    public override int FieldCount => _names.Length;

    public override bool HasRows => _rows.Count > 0;

    public override bool IsClosed => _closed;

    public override int RecordsAffected => Affected;

    private int Affected { get; set; }

    private object[] Row =>
        !_closed && _position >= 0 && _position < _rows.Count ? _rows[_position] : throw new InvalidOperationException("There is no row to read.");

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    /// <summary>Takes the rows of a reader, and closes it.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="pool">Where to convert values.</param>
    /// <param name="withCurrent">Whether to begin at the row that the reader is at, and not at the next.</param>
    public static BufferedDataReader Read(SqliteDataReader reader, SqliteConnectionPool pool, bool withCurrent = false)
    {
        var names = reader.FieldCount == 0 ? [] : new string[reader.FieldCount];
        for (var ordinal = 0; ordinal < names.Length; ordinal++)
        {
            names[ordinal] = reader.GetName(ordinal);
        }

        var rows = new List<object[]>(names.Length == 0 ? 0 : 1);
        for (var found = withCurrent || reader.Read(); found; found = reader.Read())
        {
            var row = new object[names.Length];
            reader.GetValues(row);
            rows.Add(row);
        }

        reader.Close();
        return new BufferedDataReader(pool, names, rows) { Affected = reader.RecordsAffected, _position = withCurrent ? 0 : -1 };
    }

    public override bool Read()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        Forget();
        if (_position < _rows.Count)
        {
            _position++;
        }

        return _position < _rows.Count;
    }

    // A write is committed before its rows are read: who is cancelled in between must not take it for undone.
    public override Task<bool> ReadAsync(CancellationToken cancellationToken) => base.ReadAsync(Affected < 0 ? cancellationToken : default);

    public override Task<bool> NextResultAsync(CancellationToken cancellationToken) => base.NextResultAsync(Affected < 0 ? cancellationToken : default);

    public override bool NextResult()
    {
        Forget();
        _position = _rows.Count;
        return false;
    }

    public override void Close()
    {
        Forget();
        _closed = true;
    }

    public override string GetName(int ordinal) => _names[ordinal];

    public override int GetOrdinal(string name) =>
        Array.IndexOf(_names, name) is >= 0 and var ordinal ? ordinal : throw new ArgumentOutOfRangeException(nameof(name), name, message: null);

    public override object GetValue(int ordinal) => Value(ordinal);

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, _names.Length);
        Array.Copy(Row, values, count);
        return count;
    }

    public override bool IsDBNull(int ordinal) => Value(ordinal) is DBNull;

    public override T GetFieldValue<T>(int ordinal) => Value(ordinal) is T value && value.GetType() == typeof(T) ? value : Convert().GetFieldValue<T>(ordinal);

    public override bool GetBoolean(int ordinal) => Value(ordinal) is long value ? value != 0 : Convert().GetBoolean(ordinal);

    public override int GetInt32(int ordinal) => Value(ordinal) is long value ? checked((int)value) : Convert().GetInt32(ordinal);

    public override long GetInt64(int ordinal) => Value(ordinal) is long value ? value : Convert().GetInt64(ordinal);

    public override string GetString(int ordinal) => Value(ordinal) is string value ? value : Convert().GetString(ordinal);

    public override double GetDouble(int ordinal) => Value(ordinal) is double value ? value : Convert().GetDouble(ordinal);

    public override byte GetByte(int ordinal) => Convert().GetByte(ordinal);

    public override char GetChar(int ordinal) => Convert().GetChar(ordinal);

    public override short GetInt16(int ordinal) => Convert().GetInt16(ordinal);

    public override float GetFloat(int ordinal) => Convert().GetFloat(ordinal);

    public override decimal GetDecimal(int ordinal) => Convert().GetDecimal(ordinal);

    public override DateTime GetDateTime(int ordinal) => Convert().GetDateTime(ordinal);

    public override Guid GetGuid(int ordinal) => Convert().GetGuid(ordinal);

    public override Stream GetStream(int ordinal) => Convert().GetStream(ordinal);

    public override TextReader GetTextReader(int ordinal) => Convert().GetTextReader(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        Convert().GetBytes(ordinal, dataOffset, buffer, bufferOffset, length);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        Convert().GetChars(ordinal, dataOffset, buffer!, bufferOffset, length);

    public override string GetDataTypeName(int ordinal) => Convert().GetDataTypeName(ordinal);

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public override Type GetFieldType(int ordinal) => Convert().GetFieldType(ordinal);

    // The statement has ended: what is known is what it returned.
    public override DataTable GetSchemaTable()
    {
        var table = new DataTable("SchemaTable");
        table.Columns.Add(SchemaTableColumn.ColumnName, typeof(string));
        table.Columns.Add(SchemaTableColumn.ColumnOrdinal, typeof(int));
        table.Columns.Add(SchemaTableColumn.ColumnSize, typeof(int));
        table.Columns.Add(SchemaTableColumn.DataType, typeof(Type));
        table.Columns.Add(SchemaTableColumn.AllowDBNull, typeof(bool));
        for (var ordinal = 0; ordinal < _names.Length; ordinal++)
        {
            var value = _rows.Select(row => row[ordinal]).FirstOrDefault(value => value is not DBNull);
            table.Rows.Add(_names[ordinal], ordinal, -1, value?.GetType() ?? typeof(object), true);
        }

        return table;
    }

    public override IEnumerator GetEnumerator() => new DbEnumerator(this, closeReader: false);

    private object Value(int ordinal) =>
        (uint)ordinal < (uint)_names.Length ? Row[ordinal] : throw new ArgumentOutOfRangeException(nameof(ordinal), ordinal, message: null);

    // SELECT of constants touches no database: it takes no lock and sees no snapshot.
    private SqliteDataReader Convert()
    {
        if (_converting is null)
        {
            var row = Row;
            _connection = _pool.Rent();
            _again = _connection.Rent("SELECT " + string.Join(", ", row.Select((_, ordinal) => $"${ordinal}")));
            for (var ordinal = 0; ordinal < row.Length; ordinal++)
            {
                _again.Parameters.AddWithValue($"${ordinal}", row[ordinal]);
            }

            _converting = _again.ExecuteReader();
            _converting.Read();
        }

        return _converting;
    }

    private void Forget()
    {
        _converting?.Dispose();
        _converting = null;
        if (_again is { } again)
        {
            _again = null;
            _connection!.Return(again);
            _pool.Return(_connection);
        }
    }
}
