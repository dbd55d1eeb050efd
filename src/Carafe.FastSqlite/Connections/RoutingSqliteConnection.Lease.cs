using Carafe.FastSqlite.Pooling;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.FastSqlite.Connections;

// The connection that is leased for what needs one, and the reads that go on.
internal sealed partial class RoutingSqliteConnection
{
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
    public void BeginOwn(string text, StatementEffect kind)
    {
        BeginInside();
        CheckLast(text);
        _isPeculiar |= kind == StatementEffect.Other && StatementClassifier.IsForOneConnection(text);
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
        if (HasWrittenElsewhere && !IsInTransaction && StatementClassifier.AsksForLast(text) && StatementClassifier.Kind(text) == StatementEffect.Read)
        {
            throw new InvalidOperationException(
                "last_insert_rowid() and changes() ask for the last write of this connection, which UseFastSqlite() has committed on another one. "
                + "Put both statements in one transaction, or use RETURNING.");
        }
    }

    /// <summary>
    /// Fails at once where a read of this connection goes on that began before the last commit of another: SQLite can't let it write (SQLITE_BUSY_SNAPSHOT),
    /// and the driver would try again and again while the others wait.
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
}
