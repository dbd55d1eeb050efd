using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>What SQLite's result codes mean (https://sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    public static DatabaseError? Explain(SqliteException exception) => exception.SqliteExtendedErrorCode switch
    {
        SQLITE_CONSTRAINT_UNIQUE or SQLITE_CONSTRAINT_PRIMARYKEY or SQLITE_CONSTRAINT_ROWID => Unique(exception.Message),
        SQLITE_CONSTRAINT_CHECK => new DatabaseError(DatabaseErrorKind.Check) { Constraint = Failed(exception.Message) },
        SQLITE_CONSTRAINT_FOREIGNKEY => new DatabaseError(DatabaseErrorKind.ForeignKey),
        _ => exception.SqliteErrorCode switch
        {
            SQLITE_BUSY or SQLITE_LOCKED => new DatabaseError(DatabaseErrorKind.Unavailable) { IsBusy = true },
            SQLITE_READONLY or SQLITE_IOERR or SQLITE_FULL or SQLITE_CANTOPEN => new DatabaseError(DatabaseErrorKind.Unavailable),
            SQLITE_NOTADB or SQLITE_CORRUPT => new DatabaseError(DatabaseErrorKind.Damaged),
            _ => null,
        },
    };

    /// <summary>Returns why the file cannot be used and what to do next; null where SQLite's own message is all there is.</summary>
    public static string? Advice(SqliteDatabase database, string? path, SqliteException error) => error.SqliteErrorCode switch
    {
        SQLITE_CANTOPEN when Directory.Exists(path) => $"{database} is a directory. Give DATABASE_URL the path of a file.",
        SQLITE_CANTOPEN when Path.GetDirectoryName(path) is { } folder =>
            $"{database} cannot be opened: the directory {folder} "
            + $"{(Directory.Exists(folder) ? "is not writable, or the file is not readable" : "does not exist")}.",
        SQLITE_NOTADB => $"{database} is not a database of SQLite. Give DATABASE_URL the right file. Nothing was changed.",
        SQLITE_CORRUPT => $"{database} is damaged ({error.Message.TrimEnd('.')}). Stop the server and restore a backup: 'db restore' keeps the damaged "
            + "file beside it. Nothing was changed.",
        SQLITE_READONLY => $"{database} cannot be written: it, its directory or its disk is read-only. Give the app the right to write both, and run the "
            + "command again. Nothing was changed.",
        SQLITE_IOERR => $"{database} cannot be read or written ({error.Message.TrimEnd('.')}). Check its disk, or restore a backup to another one. "
            + "Nothing was changed.",
        SQLITE_FULL => $"{database} cannot be written: its disk is full. Make room, and run the command again. Nothing was changed.",
        _ => null,
    };

    // "... UNIQUE constraint failed: users.email, users.name'." or, for an index on an expression, "... failed: index 'ix_users_lower'."
    private static DatabaseError Unique(string message)
    {
        var what = Failed(message);
        if (what.StartsWith("index '", StringComparison.Ordinal))
        {
            return new DatabaseError(DatabaseErrorKind.Unique) { Constraint = what["index '".Length..] };
        }

        var columns = what.Split(", ");
        return new DatabaseError(DatabaseErrorKind.Unique)
        {
            Table = columns[0].Split('.')[0],
            Columns = [.. columns.Select(column => column[(column.IndexOf('.', StringComparison.Ordinal) + 1)..])],
        };
    }

    private static string Failed(string message)
    {
        const string Mark = "constraint failed: ";
        var start = message.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        return message[start..].TrimEnd('.', '\'');
    }
}
