using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Carafe.Data.Sqlite;

/// <summary>A statement that waits for the writer, and then its outcome, which nobody learns before it is committed.</summary>
internal sealed class WriteJob : TaskCompletionSource<BufferedReader>
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Withdrawn = 2;

    private readonly PreparedCommand _command;
    private readonly CancellationTokenRegistration _withdrawal;
    private int _state;
    private BufferedReader? _result;
    private Exception? _fault;

    public WriteJob(PreparedCommand command, CancellationToken cancellationToken)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _command = command;
        _withdrawal = cancellationToken.UnsafeRegister(static (job, token) => ((WriteJob)job!).Withdraw(token), this);
    }

    /// <summary>When it began to wait, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long Since { get; } = Environment.TickCount64;

    /// <summary>Whether the command is the writer's from now on: it was not withdrawn, and cannot be any more.</summary>
    public bool Begin() => Interlocked.CompareExchange(ref _state, Begun, Waiting) == Waiting;

    public void Run(LastingConnection connection)
    {
        (_result, _fault) = (null, null);
        var prepared = connection.Rent(_command);
        try
        {
            using var reader = prepared.ExecuteReader();
            _result = BufferedReader.Read(reader, _command.Pool);
        }
        catch (Exception fault)
        {
            // Whatever it is (a constraint, a value that cannot be bound), it is this command's and is thrown where the command was executed.
            _fault = fault;
        }
        finally
        {
            connection.Return(prepared);
        }
    }

    public bool FoundItReadOnly => _fault is SqliteException { SqliteErrorCode: SQLITE_READONLY };

    public void Fail(Exception fault) => _fault = fault;

    public void Answer()
    {
        _withdrawal.Unregister();
        if (_fault is null)
        {
            TrySetResult(_result!);
        }
        else
        {
            TrySetException(_fault);
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
