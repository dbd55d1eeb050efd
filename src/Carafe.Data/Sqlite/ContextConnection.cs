using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Carafe.Data.Sqlite;

/// <summary>
/// The connection that a context has. What needs none of its own is run on one of the pool, and what only writes is left to the writer, so it is opened when there is
/// something that only it can do: a transaction, a pragma, a temporary table.
/// </summary>
internal sealed class ContextConnection(string connectionString, string pragmas, WriteGate gate, ConnectionPool pool, GroupWriter writer) : LastingConnection(connectionString, pragmas)
{
    private const int Capacity = 200;

    private readonly Dictionary<string, StatementKind> _asked = [];
    private readonly List<(SqliteDataReader Reader, ILentRead? Lent)> _readers = [];
    private LastingConnection? _lent;
    private int _borrowers;
    private bool _claimed;
    private bool _opening;

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
    public bool IsReading => _readers.Exists(static read => !read.Reader.IsClosed);

    public override ConnectionState State => _claimed && !_opening ? ConnectionState.Open : base.State;

    public override sqlite3? Handle
    {
        get
        {
            if (_claimed && !_opening && !IsOwn)
            {
                OpenOwn();
            }

            return base.Handle;
        }
    }

    private bool IsOwn => base.State == ConnectionState.Open;

    public override void Open() => _claimed = true;

    public override SqliteCommand CreateCommand() => new PreparedCommand(this) { CommandTimeout = DefaultTimeout, Transaction = Transaction };

    /// <summary>Whether one of the pool's is lent to it, for a read that goes on. What it does meanwhile is done there: in memory a reader would keep any other connection from committing.</summary>
    public bool HasBorrowed => _borrowers > 0;

    public LastingConnection Borrow()
    {
        _lent ??= pool.Rent();
        _borrowers++;
        return _lent;
    }

    public void GiveBack()
    {
        if (--_borrowers == 0)
        {
            pool.Return(_lent!);
            _lent = null;
        }
    }

    public void Reads(SqliteDataReader reader, ILentRead? lent = null) => _readers.Add((reader, lent));

    public void HasRead(SqliteDataReader reader) => _readers.RemoveAll(read => read.Reader == reader);

    /// <summary>To be called before this connection does something itself. A read that went on elsewhere would not see it later, and in memory keep it from committing.</summary>
    public void FinishLent()
    {
        foreach (var (_, lent) in _readers.ToArray())
        {
            lent?.Finish();
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
            kind = Borrow().Ask(text);
            GiveBack();
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
        _claimed = false;
        _lent?.Dispose();
        base.Dispose(disposing);
    }

    private void OpenOwn()
    {
        // The driver's own pragmas come as commands, too.
        var peculiar = IsPeculiar;
        _opening = true;
        try
        {
            base.Open();
        }
        finally
        {
            _opening = false;
            IsPeculiar = peculiar;
        }
    }
}

/// <summary>A read on a connection of the pool that has not come to its end.</summary>
internal interface ILentRead
{
    /// <summary>Takes the rest of the rows at once, and gives the connection back.</summary>
    void Finish();
}
