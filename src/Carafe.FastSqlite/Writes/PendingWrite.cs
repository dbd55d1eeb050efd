using System.Runtime.ExceptionServices;
using Carafe.FastSqlite.Pooling;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.FastSqlite.Writes;

/// <summary>A statement that waits for the writer, and then its outcome, which nobody learns before it is committed.</summary>
internal sealed class PendingWrite : TaskCompletionSource<BufferedDataReader>
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Withdrawn = 2;

    private readonly SqliteCommand _command;
    private readonly SqliteConnectionPool _pool;
    private readonly CancellationTokenRegistration _withdrawal;
    private int _state;
    private BufferedDataReader? _result;
    private Exception? _error;

    public PendingWrite(SqliteCommand command, SqliteConnectionPool pool, CancellationToken cancellationToken)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        (_command, _pool) = (command, pool);
        _withdrawal = cancellationToken.UnsafeRegister(static (job, token) => ((PendingWrite)job!).Withdraw(token), this);
    }

    /// <summary>When it began to wait, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long Since { get; } = Environment.TickCount64;

    /// <summary>Whether the command is the writer's from now on: it was not withdrawn, and cannot be any more.</summary>
    public bool Begin() => Interlocked.CompareExchange(ref _state, Begun, Waiting) == Waiting;

    public void Run(PooledSqliteConnection connection)
    {
        (_result, _error) = (null, null);
        var prepared = connection.Rent(_command);
        try
        {
            using var reader = prepared.ExecuteReader();
            _result = BufferedDataReader.Read(reader, _pool);
        }
        catch (Exception error)
        {
            // Whatever it is (a constraint, a value that cannot be bound), it is this command's and is thrown where the command was executed.
            _error = error;
        }
        finally
        {
            connection.Return(prepared);
        }
    }

    /// <summary>Gives the outcome to who ran it and waits for nothing.</summary>
    public BufferedDataReader Result()
    {
        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }

        return _result!;
    }

    public bool FoundItReadOnly => _error is SqliteException { SqliteErrorCode: SQLITE_READONLY };

    public void Fail(Exception error) => _error = error;

    public void Complete()
    {
        _withdrawal.Unregister();
        if (_error is null)
        {
            TrySetResult(_result!);
        }
        else
        {
            TrySetException(_error);
        }
    }

    private void Withdraw(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting)
        {
            TrySetCanceled(cancellationToken);
        }
    }
}
