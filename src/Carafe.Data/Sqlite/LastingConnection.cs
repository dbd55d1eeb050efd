using System.Data;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// A connection that stays open until it is disposed, with its context in the pool. Opening and setting up costs more than most queries, and so does preparing
/// a statement: both are done once.
/// </summary>
internal sealed class LastingConnection(string connectionString, string pragmas, WriteGate gate, GroupWriter writer) : SqliteConnection(connectionString)
{
    private const int Capacity = 200;

    private readonly Dictionary<string, SqliteCommand> _prepared = [];
    private readonly Dictionary<string, StatementKind> _asked = [];
    private readonly List<SqliteDataReader> _readers = [];
    private bool _ending;

    public WriteGate Gate { get; } = gate;

    public GroupWriter Writer { get; } = writer;

    public Totals Totals => field ??= new Totals(this);

    /// <summary>Whether a transaction of this connection holds the gate.</summary>
    public bool HoldsGate { get; set; }

    /// <summary>Whether it has something that other connections have not, such as temporary tables, which its writes may mean.</summary>
    public bool IsPeculiar { get; set; }

    /// <summary>EF's transaction, or one that a statement began.</summary>
    public bool IsInTransaction => HoldsGate || Transaction is not null || (Handle is { } handle && sqlite3_get_autocommit(handle) == 0);

    /// <summary>Whether a read goes on. What others write meanwhile is hidden from this connection until it ends.</summary>
    public bool IsReading => _readers.Exists(static reader => !reader.IsClosed);

    /// <summary>Whether deferred foreign keys refer to nothing as yet.</summary>
    public bool HasOpenReferences
    {
        get
        {
            sqlite3_db_status(Handle, SQLITE_DBSTATUS_DEFERRED_FKS, out var open, out _, 0);
            return open != 0;
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "The pragmas are ours.")]
    public override void Open()
    {
        if (State == ConnectionState.Open)
        {
            return;
        }

        base.Open();
        using var command = base.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
        // The driver's own pragmas came this way, too.
        IsPeculiar = false;
    }

    public override void Close()
    {
        if (_ending)
        {
            base.Close();
        }
    }

    public override SqliteCommand CreateCommand() => new PreparedCommand(this) { CommandTimeout = DefaultTimeout, Transaction = Transaction };

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

    public void Reads(SqliteDataReader reader) => _readers.Add(reader);

    public void HasRead(SqliteDataReader reader) => _readers.Remove(reader);

    public StatementKind Kind(string text)
    {
        var kind = StatementText.Kind(text);
        if (kind != StatementKind.Unclear || _asked.TryGetValue(text, out kind))
        {
            return kind;
        }

        if (Handle is null || sqlite3_prepare_v2(Handle, text, out var statement) != SQLITE_OK)
        {
            // Running it will say what is wrong.
            return StatementKind.Read;
        }

        kind = sqlite3_stmt_readonly(statement) != 0 ? StatementKind.Read : StatementKind.Write;
        statement.Dispose();
        if (_asked.Count < Capacity)
        {
            _asked.Add(text, kind);
        }

        return kind;
    }

    protected override void Dispose(bool disposing)
    {
        _ending = true;
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
        Totals.Dispose();
        base.Dispose(disposing);
    }
}
