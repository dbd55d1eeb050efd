using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>
/// The connection that a context has. What needs none of its own is run on one of the pool, and what only writes is left to the writer, so it is opened when there is
/// something that only it can do: a transaction, a pragma, a temporary table.
/// </summary>
internal sealed class ContextConnection(string connectionString, string pragmas, WriteGate gate, ConnectionPool pool, GroupWriter writer) : LastingConnection(connectionString, pragmas)
{
    private const int Capacity = 200;

    private readonly Dictionary<string, StatementKind> _asked = [];
    private readonly List<IOpenRead> _reads = [];
    private int _lent;
    private bool _claimed;
    private bool _changing;

    public WriteGate Gate { get; } = gate;

    public ConnectionPool Pool => pool;

    public GroupWriter Writer { get; } = writer;

    /// <summary>Who is told of queries; null where somebody wants to intercept them.</summary>
    public IReadObserver[]? Observers { get; init; }

    /// <summary>Whether a transaction of this connection holds the gate.</summary>
    public bool HoldsGate { get; set; }

    /// <summary>Whether it has something that other connections have not, such as temporary tables, which its statements may mean.</summary>
    public bool IsPeculiar { get; set; }

    /// <summary>EF's transaction, or one that a statement began.</summary>
    public bool IsInTransaction => HoldsGate || Transaction is not null || (IsOwn && HasBegun);

    /// <summary>Whether another connection sees what this one would.</summary>
    public bool IsLikeOthers => !IsPeculiar && !IsInTransaction;

    /// <summary>Whether a read goes on. What others write meanwhile is hidden from this connection until it ends.</summary>
    public bool IsReading => _reads.Exists(static read => read.IsOpen);

    public override ConnectionState State => _changing ? base.State : _claimed ? ConnectionState.Open : ConnectionState.Closed;

    public override sqlite3? Handle
    {
        get
        {
            if (_claimed && !_changing && !IsOwn)
            {
                OpenOwn();
            }

            return base.Handle;
        }
    }

    private bool IsOwn => base.State == ConnectionState.Open;

    public override void Open() => _claimed = true;

    public override SqliteCommand CreateCommand() => new PreparedCommand(this) { CommandTimeout = DefaultTimeout, Transaction = Transaction };

    /// <summary>Whether a connection of the pool is lent to it, for a read that goes on.</summary>
    public bool HasBorrowed => _lent > 0;

    /// <summary>Lends a connection of the pool to one read: cancelling a read interrupts all that its connection runs.</summary>
    public LastingConnection Borrow()
    {
        var lent = pool.Rent();
        _lent++;
        return lent;
    }

    public void GiveBack(LastingConnection lent)
    {
        _lent--;
        pool.Return(lent);
    }

    public void Reads(IOpenRead read) => _reads.Add(read);

    public void HasRead(IOpenRead read) => _reads.Remove(read);

    /// <summary>
    /// Ends what is left open when the context is given back, so that the next request finds nothing of this one: reads that were abandoned, with the connections, statements and
    /// registrations that they hold; a transaction; pragmas and temporary tables, which go with its own connection.
    /// </summary>
    public void Clean()
    {
        foreach (var read in _reads.ToArray())
        {
            read.Abandon();
        }

        _reads.Clear();
        if (IsOwn)
        {
            _changing = true;
            CloseOwn();
            _changing = false;
        }

        IsPeculiar = false;
        _claimed = false;
        if (HoldsGate)
        {
            HoldsGate = false;
            Gate.Leave();
        }
    }

    /// <summary>
    /// Fails at once where a read of this connection goes on that began before the last commit of another: SQLite can't let it write (SQLITE_BUSY_SNAPSHOT),
    /// and the driver would try again and again while the others wait.
    /// </summary>
    public void CheckSnapshot()
    {
        if (!IsOwn || !IsReading || HasBegun)
        {
            return;
        }

        var code = sqlite3_exec(Handle, "BEGIN IMMEDIATE; COMMIT");
        if (code != SQLITE_OK && sqlite3_extended_errcode(Handle) is SQLITE_BUSY_SNAPSHOT and var extended)
        {
            throw new SqliteException("A read of this connection that has not ended began before the last commit of another connection.", code, extended);
        }
    }

    /// <summary>To be called before this connection does something itself. A read that went on elsewhere would not see it later, and in memory keep it from committing.</summary>
    public void FinishLent()
    {
        foreach (var read in _reads.ToArray())
        {
            read.Finish();
        }
    }

    public override SqliteTransaction BeginTransaction(IsolationLevel isolationLevel, bool deferred)
    {
        FinishLent();
        return base.BeginTransaction(isolationLevel, deferred);
    }

    public StatementKind Kind(string text)
    {
        var kind = StatementText.Kind(text);
        if (kind != StatementKind.Unclear || _asked.TryGetValue(text, out kind))
        {
            return kind;
        }

        if (IsLikeOthers)
        {
            var lent = Borrow();
            kind = lent.Ask(text);
            GiveBack(lent);
        }
        else
        {
            kind = Ask(text);
        }

        if (_asked.Count < Capacity)
        {
            _asked.Add(text, kind);
        }

        return kind;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Clean();
        }

        _changing = true;
        base.Dispose(disposing);
    }

    private void OpenOwn()
    {
        // The driver's own pragmas come as commands, too.
        var peculiar = IsPeculiar;
        _changing = true;
        try
        {
            base.Open();
        }
        finally
        {
            _changing = false;
            IsPeculiar = peculiar;
        }
    }
}

/// <summary>A read that has not been ended.</summary>
internal interface IOpenRead
{
    /// <summary>Whether it has rows to come.</summary>
    bool IsOpen { get; }

    /// <summary>Takes the rest of the rows at once, and gives a connection of the pool back; does nothing on the context's own.</summary>
    void Finish();

    /// <summary>Ends it. Whoever asks for another row is refused.</summary>
    void Abandon();
}
