using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Carafe.FastSqlite.Reads;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Carafe.FastSqlite.Connections;

/// <summary>
/// The connection of a context. It has none of its own: it runs reads on connections of the pool and single writes through the writer, and leases a connection for what needs one
/// for itself, such as a transaction, a pragma or a temporary table. Nothing of it is left when it is closed.
/// </summary>
internal sealed class RoutingSqliteConnection : SqliteConnection
{
    private static readonly StateChangeEventArgs _opened = new(ConnectionState.Closed, ConnectionState.Open);
    private static readonly StateChangeEventArgs _closed = new(ConnectionState.Open, ConnectionState.Closed);

    private readonly FastSqliteOptions? _options;
    private readonly List<PooledDataReader> _reads = [];
    private PooledSqliteConnection? _own;
    private int _ownReads;
    private int _inside;
    private bool _isOpen;
    private bool _isPeculiar;
    private bool _isHandedOut;
    private bool _holdsLock;

    public RoutingSqliteConnection(FastSqliteOptions options, string connectionString)
        : base(connectionString) => (_options, Shared) = (options, options.Find(connectionString));

    /// <summary>What contexts on this database share; null where they share nothing, and this is the driver's connection.</summary>
    public SharedDatabase? Shared { get; private set; }

    /// <summary>Whether it has reads that were not closed.</summary>
    public bool HasOpenReads => _reads.Count > 0;

    /// <summary>Whether the writer has committed a statement of it since it was opened.</summary>
    public bool HasWrittenElsewhere { get; set; }

    /// <summary>Whether it is in a transaction, EF Core's or one that a statement began.</summary>
    public bool IsInTransaction => Transaction is not null || _own?.HasBegun == true;

    /// <summary>Whether another connection sees what this one would.</summary>
    public bool IsLikeOthers => !IsPeculiar && !IsInTransaction;

    public override ConnectionState State => Shared is null ? base.State : _isOpen ? ConnectionState.Open : ConnectionState.Closed;

    public override string DataSource => Shared is { } shared && _isOpen ? shared.FileName : base.DataSource;

    [AllowNull]
    public override string ConnectionString
    {
        get => base.ConnectionString;
        set
        {
            base.ConnectionString = value;
            // The base class sets it first, when nothing is there yet.
            if (_options is not null)
            {
                Move(_options.Find(ConnectionString));
            }
        }
    }

    public override sqlite3? Handle
    {
        get
        {
            if (Shared is null)
            {
                return base.Handle;
            }

            if (!_isOpen)
            {
                return null;
            }

            // Nobody knows what the app does with it, so nobody else gets the connection afterwards.
            _isHandedOut |= _inside == 0 && Transaction is null;
            return Own().Handle;
        }
    }

    protected override SqliteTransaction? Transaction
    {
        get => base.Transaction;
        set
        {
            base.Transaction = value;
            if (value is null)
            {
                Settle();
            }
        }
    }

    private bool IsPeculiar => _isPeculiar || _isHandedOut || ConnectionFields.AreSet(this);

    public override void Open()
    {
        if (Shared is null)
        {
            base.Open();
        }
        else if (!_isOpen)
        {
            Shared.Pool.Open();
            _isOpen = true;
            OnStateChange(_opened);
        }
    }

    public override void Close()
    {
        if (Shared is null)
        {
            base.Close();
        }
        else if (_isOpen)
        {
            try
            {
                foreach (var read in _reads.ToArray())
                {
                    read.Close();
                }

                Transaction?.Dispose();
                ConnectionFields.DisposeCommands(this);
            }
            finally
            {
                Release();
                _isOpen = false;
            }

            OnStateChange(_closed);
        }
    }

    public override SqliteCommand CreateCommand() =>
        Shared is null ? base.CreateCommand() : new RoutingSqliteCommand(this) { CommandTimeout = DefaultTimeout, Transaction = Transaction };

    public override SqliteTransaction BeginTransaction(IsolationLevel isolationLevel, bool deferred)
    {
        if (!TakesLock(deferred))
        {
            return Begin(isolationLevel, deferred, holdsLock: false);
        }

        Shared!.Lock.Enter();
        return Begin(isolationLevel, deferred, holdsLock: true);
    }

    /// <summary>Says whether the driver refuses a command: it has another transaction than its connection, or one that SQLite has rolled back.</summary>
    public bool MustFail(SqliteTransaction? transaction) => transaction != Transaction || (transaction is not null && _own?.HasBegun != true);

    public StatementKind Classify(string text) => Shared!.Classify(text);

    /// <summary>Whether only one statement runs on the leased connection.</summary>
    public bool RunsOneStatement() => Volatile.Read(ref _ownReads) == 1 && Volatile.Read(ref _inside) == 0;

    /// <summary>Leases a connection, and keeps it as long as it is needed.</summary>
    public PooledSqliteConnection Own()
    {
        if (_own is null)
        {
            // In memory, a reader elsewhere would keep it from committing.
            Detach();
            _own = ConnectionFields.AreSet(this) ? Shared!.Connect(this) : Shared!.Pool.Rent();
        }

        return _own;
    }

    /// <summary>Takes the rest of the rows of reads that run on the pool.</summary>
    public void Detach()
    {
        foreach (var read in _reads.ToArray())
        {
            if (read.IsLent)
            {
                read.Detach();
            }
        }
    }

    public void Began(PooledDataReader read)
    {
        _reads.Add(read);
        if (!read.IsLent)
        {
            Interlocked.Increment(ref _ownReads);
        }
    }

    public void Ended(PooledDataReader read)
    {
        _reads.Remove(read);
        if (!read.IsLent)
        {
            Interlocked.Decrement(ref _ownReads);
            Settle();
        }
    }

    /// <summary>Has a statement that the driver runs find the leased connection.</summary>
    public void BeginOwn(string text, StatementKind kind)
    {
        BeginInside();
        CheckLast(text);
        _isPeculiar |= kind == StatementKind.Other && StatementClassifier.IsForOneConnection(text);
        if (!_holdsLock && !IsInTransaction && StatementClassifier.BeginsWrite(text))
        {
            Shared!.Lock.Enter();
            _holdsLock = true;
        }

        Own();
    }

    /// <param name="isHandedOut">Whether the driver's reader is the app's now.</param>
    public void EndOwn(bool isHandedOut)
    {
        _isHandedOut |= isHandedOut && _inside == 1;
        EndInside();
    }

    public void BeginInside() => Interlocked.Increment(ref _inside);

    public void EndInside()
    {
        Interlocked.Decrement(ref _inside);
        Settle();
    }

    /// <summary>Refuses to say what was written last where another connection has written it.</summary>
    /// <exception cref="InvalidOperationException">It was.</exception>
    public void CheckLast(string text)
    {
        if (HasWrittenElsewhere && !IsInTransaction && StatementClassifier.AsksForLast(text) && StatementClassifier.Kind(text) == StatementKind.Read)
        {
            throw new InvalidOperationException(
                "last_insert_rowid() and changes() ask for the last write of this connection, which UseFastSqlite() has committed on another one. Put both statements in one transaction, or use RETURNING.");
        }
    }

    /// <summary>
    /// Fails at once where a read of this connection goes on that began before the last commit of another: SQLite can't let it write (SQLITE_BUSY_SNAPSHOT), and the driver would try
    /// again and again while the others wait.
    /// </summary>
    public void CheckSnapshot()
    {
        if (_own is not { HasBegun: false } own || !_isHandedOut)
        {
            return;
        }

        var code = sqlite3_exec(own.Handle, "BEGIN IMMEDIATE; COMMIT");
        if (code != SQLITE_OK && sqlite3_extended_errcode(own.Handle) is SQLITE_BUSY_SNAPSHOT and var extended)
        {
            throw new SqliteException("A read of this connection that has not ended began before the last commit of another connection.", code, extended);
        }
    }

    /// <summary>Drops what a context has set up that outlives a closed connection, when the context is given back: functions, collations, its timeout.</summary>
    public void Forget() => ConnectionFields.Drop(this);

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deferred = isolationLevel == IsolationLevel.ReadUncommitted;
        if (!TakesLock(deferred))
        {
            return Begin(isolationLevel, deferred, holdsLock: false);
        }

        await Shared!.Lock.EnterAsync(cancellationToken);
        return Begin(isolationLevel, deferred, holdsLock: true);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
        }
        else if (_holdsLock)
        {
            // Nobody has ended the transaction, and nobody can any more.
            _holdsLock = false;
            Shared?.Lock.Leave();
        }

        base.Dispose(disposing);
    }

    // What the driver refuses waits for nobody.
    private bool TakesLock(bool deferred) => Shared is not null && _isOpen && !deferred && !_holdsLock && !IsInTransaction;

    private SqliteTransaction Begin(IsolationLevel isolationLevel, bool deferred, bool holdsLock)
    {
        if (Shared is null)
        {
            return base.BeginTransaction(isolationLevel, deferred);
        }

        _holdsLock |= holdsLock;
        BeginInside();
        try
        {
            return base.BeginTransaction(isolationLevel, deferred);
        }
        finally
        {
            // Where it has not begun, the lock is left, too.
            EndInside();
        }
    }

    // Gives back what is not needed any more.
    private void Settle()
    {
        if (_inside > 0 || IsInTransaction)
        {
            return;
        }

        LeaveLock();
        if (_own is { } own && _ownReads == 0 && !IsPeculiar)
        {
            _own = null;
            Shared!.Pool.Return(own);
        }
    }

    private void Release()
    {
        if (_own is { } own)
        {
            _own = null;
            if (IsPeculiar || own.HasBegun)
            {
                own.Dispose();
            }
            else
            {
                Shared!.Pool.Return(own);
            }
        }

        LeaveLock();
        (_isPeculiar, _isHandedOut, HasWrittenElsewhere) = (false, false, false);
    }

    private void LeaveLock()
    {
        if (_holdsLock)
        {
            _holdsLock = false;
            Shared!.Lock.Leave();
        }
    }

    // What EF Core defines is on each connection of the pool, and where there is none it has to be on this one.
    private void Move(SharedDatabase? to)
    {
        if (to is null && Shared is not null)
        {
            Shared.Functions?.Give(this);
        }
        else if (to is not null && Shared is null)
        {
            ConnectionFields.Drop(this);
        }

        if (to is not null)
        {
            to.Functions ??= Shared?.Functions;
        }

        Shared = to;
    }
}
