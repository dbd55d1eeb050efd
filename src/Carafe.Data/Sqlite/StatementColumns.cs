using System.Runtime.InteropServices;

namespace Carafe.Data.Sqlite;

/// <summary>
/// SQLite's own functions for the columns of a row (https://sqlite.org/c3ref/column_blob.html). The driver's way to them counts references to the statement up and down with each call,
/// and asks for the type twice.
/// </summary>
internal static partial class StatementColumns
{
    private const string Library = "e_sqlite3";

    /// <summary>Whether this is the library that the driver has loaded: an app can have chosen another.</summary>
    public static bool AreThoseOfTheDriver { get; } = SQLitePCL.raw.GetNativeLibraryName() == Library;

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    public static partial int Type(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    public static partial long Int64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_double")]
    [SuppressGCTransition]
    public static partial double Double(nint statement, int column);

    public static unsafe ReadOnlySpan<byte> Text(nint statement, int column)
    {
        var text = ColumnText(statement, column);
        return new(text, ColumnBytes(statement, column));
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    private static unsafe partial byte* ColumnText(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    [SuppressGCTransition]
    private static partial int ColumnBytes(nint statement, int column);
}
