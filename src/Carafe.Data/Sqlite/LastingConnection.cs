using System.Data;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// A connection that stays open until it is disposed. Opening and setting up costs more than most queries, and so does preparing a statement: both are done once.
/// </summary>
internal class LastingConnection(string connectionString, string pragmas) : SqliteConnection(connectionString)
{
    private const int Capacity = 200;

    private readonly Dictionary<string, SqliteCommand> _prepared = new(StatementComparer.Instance);
    private sqlite3_stmt? _version;
    private bool _ending;

    /// <summary>What <see cref="Sqlite.Totals"/> saw of it last.</summary>
    public (long Others, int Own)? Seen { get; set; }

    /// <summary>Whether deferred foreign keys refer to nothing as yet.</summary>
    public bool HasOpenReferences
    {
        get
        {
            sqlite3_db_status(Handle, SQLITE_DBSTATUS_DEFERRED_FKS, out var open, out _, 0);
            return open != 0;
        }
    }

    /// <summary>Whether a statement began a transaction that has not ended.</summary>
    public bool HasBegun => Handle is { } handle && sqlite3_get_autocommit(handle) == 0;

    [SuppressMessage("Security", "CA2100", Justification = "The pragmas are ours.")]
    public override void Open()
    {
        if (State == ConnectionState.Open)
        {
            return;
        }

        base.Open();
        FollowStatements();
        // Otherwise SQLite looks at the values of LIMIT and of ranges when it plans, and so parses and plans a prepared statement again for each value
        // (https://sqlite.org/queryplanner-ng.html section 4, "query planner stability guarantee").
        sqlite3_db_config(Handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        using var command = base.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }

    public override void Close()
    {
        if (_ending)
        {
            base.Close();
        }
    }

    /// <summary>Closes it for now. What was prepared on it goes with it.</summary>
    protected void CloseOwn()
    {
        Forget();
        base.Close();
    }

    [Conditional("DEBUG")]
    private void FollowStatements() => Handle!.enable_sqlite3_next_stmt(true);

    /// <summary>Whether the next one who gets it finds nothing of the last: no transaction, no statement that has begun. To be asked in Debug only.</summary>
    public bool IsClean
    {
        get
        {
            for (var statement = sqlite3_next_stmt(Handle, null); statement is { IsInvalid: false }; statement = sqlite3_next_stmt(Handle, statement))
            {
                if (sqlite3_stmt_busy(statement) != 0)
                {
                    return false;
                }
            }

            return !HasBegun;
        }
    }

    /// <summary>A command whose statement is prepared, now or long ago. Nobody else has it until it is returned.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "The text is that of the command that runs.")]
    public SqliteCommand Rent(string text) => _prepared.Remove(text, out var command) ? command : new SqliteCommand { CommandText = text, Connection = this };

    /// <summary>The same, ready to run in the place of another, which may be of another connection.</summary>
    public SqliteCommand Rent(SqliteCommand command)
    {
        var rented = Rent(command.CommandText);
        rented.CommandTimeout = command.CommandTimeout;
        var parameters = command.Parameters;
        for (var number = 0; number < parameters.Count; number++)
        {
            rented.Parameters.Add(parameters[number]);
        }

        return rented;
    }

    public void Return(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_prepared.Count >= Capacity || !_prepared.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    public void Execute(string text)
    {
        var command = Rent(text);
        try
        {
            command.ExecuteNonQuery();
        }
        finally
        {
            Return(command);
        }
    }

    /// <summary>What a statement does whose first word does not tell.</summary>
    public StatementKind Ask(string text)
    {
        if (sqlite3_prepare_v2(Handle, text, out var statement) != SQLITE_OK)
        {
            // Running it will say what is wrong.
            return StatementKind.Read;
        }

        var kind = sqlite3_stmt_readonly(statement) != 0 ? StatementKind.Read : StatementKind.Write;
        statement.Dispose();
        return kind;
    }

    /// <summary>Two numbers, one of which changes with each commit of another connection and the other with each row changed by this one (https://sqlite.org/pragma.html#pragma_data_version).</summary>
    public (long Others, int Own)? Version()
    {
        if (_version is null && sqlite3_prepare_v3(Handle, "PRAGMA data_version", SQLITE_PREPARE_PERSISTENT, out _version) != SQLITE_OK)
        {
            return null;
        }

        try
        {
            return sqlite3_step(_version) == SQLITE_ROW ? (sqlite3_column_int64(_version, 0), sqlite3_total_changes(Handle)) : null;
        }
        finally
        {
            sqlite3_reset(_version);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _ending = true;
        Forget();
        base.Dispose(disposing);
    }

    private void Forget()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
        _version?.Dispose();
        _version = null;
        Seen = null;
    }

    /// <summary>Statements are long, and mostly the same object: their ends tell nearly all of them apart.</summary>
    private sealed class StatementComparer : IEqualityComparer<string>
    {
        public static readonly StatementComparer Instance = new();

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string text) => string.GetHashCode(text.AsSpan(Math.Max(0, text.Length - 32)), StringComparison.Ordinal) ^ text.Length;
    }
}
