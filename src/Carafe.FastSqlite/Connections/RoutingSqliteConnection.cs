using System.Data;
using System.Diagnostics.CodeAnalysis;
using Carafe.FastSqlite.Pooling;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace Carafe.FastSqlite.Connections;

/// <summary>
/// The connection of a context. It has none of its own: it runs reads on connections of the pool and single writes through the writer, and leases a
/// connection for what needs one for itself, such as a transaction, a pragma or a temporary table. Nothing of it is left when it is closed.
/// </summary>
internal sealed partial class RoutingSqliteConnection : SqliteConnection
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

    /// <summary>Whether the next user finds nothing of the last: it is closed, and has no connection, read, lock or setting of its own.</summary>
    public bool IsClean => State == ConnectionState.Closed && _own is null && !HasOpenReads && !_holdsLock && !HasWrittenElsewhere && !IsPeculiar;

    /// <summary>Whether the writer has committed a statement of it since it was opened.</summary>
    public bool HasWrittenElsewhere { get; set; }

    /// <summary>Gets how often a context was given back with it.</summary>
    public int Use { get; private set; }

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
                CloseReads();
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

    public Statement Classify(string text) => Shared!.Classify(text);

    /// <summary>Whether only one statement runs on the leased connection.</summary>
    public bool RunsOneStatement() => Volatile.Read(ref _ownReads) == 1 && Volatile.Read(ref _inside) == 0;

    /// <summary>
    /// Drops what a context has set up that outlives a closed connection, when the context is given back: functions, collations, its timeout.
    /// </summary>
    public void Forget()
    {
        Use++;
        ConnectionFields.Drop(this);
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

    private void CloseReads()
    {
        if (HasOpenReads)
        {
            foreach (var read in _reads.ToArray())
            {
                read.Close();
            }
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
