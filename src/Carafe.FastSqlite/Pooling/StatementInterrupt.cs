using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Carafe.FastSqlite.Pooling;

/// <summary>
/// Interrupts a statement whose token is cancelled, and nothing else. SQLite interrupts all that a connection runs at that moment, and nothing that begins a
/// moment later: so it is asked again until the statement has ended, only while the statement runs alone, and never after its connection was given back.
/// </summary>
internal sealed class StatementInterrupt : IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly sqlite3 _handle;
    private readonly Func<bool>? _runsAlone;
    private readonly CancellationTokenRegistration _registration;
    private Timer? _timer;
    private bool _ended;

    private StatementInterrupt(sqlite3 handle, Func<bool>? runsAlone, CancellationToken cancellationToken)
    {
        (_handle, _runsAlone, Token) = (handle, runsAlone, cancellationToken);
        _registration = cancellationToken.UnsafeRegister(static interrupt => ((StatementInterrupt)interrupt!).Interrupt(), this);
    }

    public CancellationToken Token { get; }

    /// <summary>Watches over a statement that is about to run; null where nobody can cancel it.</summary>
    public static StatementInterrupt? For(sqlite3 handle, CancellationToken cancellationToken, Func<bool>? runsAlone = null) =>
        cancellationToken.CanBeCanceled ? new StatementInterrupt(handle, runsAlone, cancellationToken) : null;

    /// <summary>Whether SQLite says that it was interrupted, because of the token.</summary>
    public bool Caused(SqliteException exception) => exception.SqliteErrorCode == SQLITE_INTERRUPT && Token.IsCancellationRequested;

    public void Dispose()
    {
        _registration.Unregister();
        lock (_lock)
        {
            _ended = true;
            _timer?.Dispose();
        }
    }

    private void Interrupt()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            if (_runsAlone?.Invoke() != false)
            {
                sqlite3_interrupt(_handle);
            }

            _timer ??= new Timer(static interrupt => ((StatementInterrupt)interrupt!).Interrupt(), this, Again, Again);
        }
    }
}
