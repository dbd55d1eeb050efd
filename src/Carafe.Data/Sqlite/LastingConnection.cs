using System.Data;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Carafe.Data.Sqlite;

/// <summary>
/// A connection that stays open until it is disposed, with its context in the pool. Opening and setting up costs more than most queries, and so does preparing
/// a statement: both are done once.
/// </summary>
internal sealed class LastingConnection(string connectionString, string pragmas, WriteGate gate) : SqliteConnection(connectionString)
{
    private const int Capacity = 200;

    private readonly Dictionary<string, SqliteCommand> _prepared = [];
    private bool _ending;

    public WriteGate Gate { get; } = gate;

    public Totals Totals => field ??= new Totals(this);

    /// <summary>Whether a transaction of this connection holds the gate.</summary>
    public bool HoldsGate { get; set; }

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

    public void Return(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_prepared.Count >= Capacity || !_prepared.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
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
