using System.Runtime.InteropServices;

namespace Carafe.Data.Sqlite;

/// <summary>
/// SQLite's own functions for the columns of a row (https://sqlite.org/c3ref/column_blob.html). The driver's way to them counts references to the statement up and down with each call,
/// and asks for the type twice, and SQLite locks the connection each time. What only looks at a value is asked of the value here, without a lock; text may have to be converted first, under one.
/// </summary>
internal static partial class StatementColumns
{
    private const string Library = "e_sqlite3";

    /// <summary>Whether this is the library that the driver has loaded: an app can have chosen another.</summary>
    public static bool AreThoseOfTheDriver { get; } = SQLitePCL.raw.GetNativeLibraryName() == Library;

    /// <summary>The value of a column, for the other functions; it holds until the statement steps on.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_column_value")]
    [SuppressGCTransition]
    public static partial nint Value(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_type")]
    [SuppressGCTransition]
    public static partial int Type(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_int64")]
    [SuppressGCTransition]
    public static partial long Int64(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_double")]
    [SuppressGCTransition]
    public static partial double Double(nint value);

    public static unsafe ReadOnlySpan<byte> Text(nint statement, int column, nint value)
    {
        var text = ColumnText(statement, column);
        return new(text, Bytes(value));
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    private static unsafe partial byte* ColumnText(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_bytes")]
    [SuppressGCTransition]
    private static partial int Bytes(nint value);
}
