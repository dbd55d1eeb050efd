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
