using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Infrastructure.Internal;

namespace Carafe.FastSqlite.Reads;

/// <summary>
/// Refuses a second use of a context while one goes on, as EF Core's detector does. That one notes each use in the execution context, which is copied for it
/// twice. A row is made on one thread from beginning to end, so the thread says whose use it is.
/// </summary>
internal sealed class RowConcurrencyDetector : ConcurrencyDetector
{
    private int _rowThread;
    private int _uses;

    public override ConcurrencyDetectorCriticalSectionDisposer EnterCriticalSection()
    {
        // Each side says what it does before it looks at the other.
        Interlocked.Increment(ref _uses);
        try
        {
            return Volatile.Read(ref _rowThread) is not 0 and var thread && thread != Environment.CurrentManagedThreadId
                ? throw new InvalidOperationException(CoreStrings.ConcurrentMethodInvocation)
                : base.EnterCriticalSection();
        }
        catch
        {
            Interlocked.Decrement(ref _uses);
            throw;
        }
    }

    public override void ExitCriticalSection()
    {
        Interlocked.Decrement(ref _uses);
        base.ExitCriticalSection();
    }

    /// <summary>Enters for a row that is there, until the result is disposed.</summary>
    public static RowUse EnterRow(IConcurrencyDetector detector) =>
        detector is RowConcurrencyDetector rows && rows.TryBeginRow() ? new(rows, null) : new(null, detector.EnterCriticalSection());

    // Where the context is in use, EnterCriticalSection says by whom.
    private bool TryBeginRow()
    {
        if (Volatile.Read(ref _uses) != 0 || Interlocked.CompareExchange(ref _rowThread, Environment.CurrentManagedThreadId, 0) != 0)
        {
            return false;
        }

        if (Volatile.Read(ref _uses) == 0)
        {
            return true;
        }

        EndRow();
        return false;
    }

    private void EndRow() => Volatile.Write(ref _rowThread, 0);

    /// <summary>Represents the use of a context for one row.</summary>
    internal readonly struct RowUse(RowConcurrencyDetector? row, ConcurrencyDetectorCriticalSectionDisposer? use) : IDisposable
    {
        public void Dispose()
        {
            row?.EndRow();
            use?.Dispose();
        }
    }
}
