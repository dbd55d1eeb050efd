using System.Data;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Carafe.FastSqlite.Pooling;

/// <summary>
/// A connection of the pool, with its prepared statements. Opening it, setting it up and preparing a statement cost more than most queries, so all three are
/// done once.
/// </summary>
internal sealed class PooledSqliteConnection(string connectionString, string setup, ConnectionFields? functions) : SqliteConnection(connectionString)
{
    private const int Capacity = 200;

    private readonly Dictionary<string, SqliteCommand> _prepared = new(StatementComparer.Instance);
    private sqlite3_stmt? _version;

    /// <summary>Which filling of the pool it belongs to.</summary>
    public int Generation { get; set; }

    /// <summary>What <see cref="RowCountCache"/> saw of it last.</summary>
    public (long Others, int Own)? Seen { get; set; }

    /// <summary>Whether deferred foreign keys refer to missing rows at the moment.</summary>
    public bool HasOpenReferences
    {
        get
        {
            sqlite3_db_status(Handle, SQLITE_DBSTATUS_DEFERRED_FKS, out var open, out _, 0);
            return open != 0;
        }
    }

    /// <summary>Whether a transaction has begun that has not ended.</summary>
    public bool HasBegun => Handle is { } handle && sqlite3_get_autocommit(handle) == 0;

    /// <summary>Whether the next user finds nothing of the last: no transaction, no statement that has begun. Known in Debug only.</summary>
    public bool IsClean
    {
        get
        {
            try
            {
                for (var statement = sqlite3_next_stmt(Handle, null); statement is { IsInvalid: false }; statement = sqlite3_next_stmt(Handle, statement))
                {
                    if (sqlite3_stmt_busy(statement) != 0)
                    {
                        return false;
                    }
                }
            }
            catch (KeyNotFoundException)
            {
                // A virtual table (FTS5) keeps statements of its own, which SQLitePCL does not know and cannot step over.
            }

            return !HasBegun;
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "The pragmas are the app's settings.")]
    public override void Open()
    {
        if (State == ConnectionState.Open)
        {
            return;
        }

        functions?.Give(this);
        base.Open();
        FollowStatements();
        // Otherwise SQLite looks at the values of LIMIT and of ranges when it plans, and so parses and plans a prepared statement again for each value
        // (https://sqlite.org/queryplanner-ng.html section 4, "query planner stability guarantee").
        sqlite3_db_config(Handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        using var command = CreateCommand();
        command.CommandText = setup;
        command.ExecuteNonQuery();
    }

    /// <summary>Gives out a command whose statement is prepared, now or long ago. Nobody else has it until it is returned.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "The text is that of the command that runs.")]
    public SqliteCommand Rent(string text) => _prepared.Remove(text, out var command) ? command : new SqliteCommand { CommandText = text, Connection = this };

    /// <summary>Gives out a command that is ready to run in the place of another one.</summary>
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

    /// <summary>Finds out what a statement does whose first word does not say; null where SQLite refuses it.</summary>
    public StatementEffect? Classify(string text)
    {
        if (sqlite3_prepare_v2(Handle, text, out var statement) != SQLITE_OK)
        {
            return null;
        }

        var kind = sqlite3_stmt_readonly(statement) != 0 ? StatementEffect.Read : StatementEffect.Write;
        statement.Dispose();
        return kind;
    }

    /// <summary>
    /// Reads two numbers, one of which changes with each commit of another connection and the other with each row changed by this one
    /// (https://sqlite.org/pragma.html#pragma_data_version).
    /// </summary>
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
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
        _version?.Dispose();
        base.Dispose(disposing);
    }

    [Conditional("DEBUG")]
    private void FollowStatements() => Handle!.enable_sqlite3_next_stmt(true);
}
