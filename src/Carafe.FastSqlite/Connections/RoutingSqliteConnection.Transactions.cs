using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Carafe.FastSqlite.Connections;

// Transactions, which hold the lock of writers from their beginning to their end.
internal sealed partial class RoutingSqliteConnection
{
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
}
