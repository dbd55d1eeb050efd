using System.Net;

namespace Carafe.Auth;

/// <summary>Lists the purposes of a hash. A login comes first.</summary>
internal enum HashPurpose
{
    Login,
    Account,
}

/// <summary>
/// Runs a few hashes at a time, on threads of their own: half of the processors go on serving other requests whatever happens, and the thread pool never
/// waits for a hash. Each purpose has a line of its own, in which networks take turns; logins go first, and of five hashes one is for the other line. A
/// network that is not waiting yet finds room in a full line at the cost of the one with most in it.
/// </summary>
internal sealed class HashQueue
{
    private const int LoginsInARow = 4;

    private static readonly ApiError Busy =
        new(StatusCodes.Status503ServiceUnavailable, "Too many passwords are being checked. Try again in a few seconds.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    private readonly Lock _lock = new();
    private readonly HashLine[] _lines = [new(64), new(16)];
    private readonly int _slots = Math.Max(1, Environment.ProcessorCount / 2);
    private int _running;
    private int _loginsInARow;

    /// <summary>Runs a hash when its turn comes.</summary>
    /// <exception cref="AbortException">503: too many are waiting.</exception>
    public async Task<T> RunAsync<T>(HashPurpose purpose, IPAddress? address, Func<T> hash, CancellationToken cancellationToken)
    {
        var turn = Enter(purpose, ClientNetwork.Of(address));
        try
        {
            await turn.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(purpose, turn);
            throw;
        }

        try
        {
            return await Task.Factory.StartNew(hash, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            lock (_lock)
            {
                _running--;
                Next();
            }
        }
    }

    private TaskCompletionSource Enter(HashPurpose purpose, string network)
    {
        lock (_lock)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running < _slots)
            {
                _running++;
                turn.SetResult();
            }
            else if (!_lines[(int)purpose].TryAdd(network, turn, out var last))
            {
                throw new AbortException(Busy);
            }
            else
            {
                last?.SetException(new AbortException(Busy));
            }

            return turn;
        }
    }

    private void Leave(HashPurpose purpose, TaskCompletionSource turn)
    {
        lock (_lock)
        {
            if (!_lines[(int)purpose].Remove(turn) && turn.Task.IsCompletedSuccessfully)
            {
                _running--;
                Next();
            }
        }
    }

    private void Next()
    {
        var (logins, others) = (_lines[(int)HashPurpose.Login], _lines[(int)HashPurpose.Account]);
        while (_running < _slots)
        {
            var login = logins.Count > 0 && (others.Count == 0 || _loginsInARow < LoginsInARow);
            if ((login ? logins : others).Take() is not { } turn)
            {
                return;
            }

            _loginsInARow = login ? _loginsInARow + 1 : 0;
            _running++;
            turn.SetResult();
        }
    }
}
