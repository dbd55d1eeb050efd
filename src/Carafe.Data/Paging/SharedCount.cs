using System.Data.Common;

namespace Carafe.Data.Paging;

/// <summary>
/// Counts one list for all requests that ask at the same time. Callers that arrive during a count share the next one, which starts when the current one
/// ends. So no caller gets a count that began before it asked, and each sees what was written before, by whichever process.
/// </summary>
internal sealed class SharedCount
{
    private readonly Lock _lock = new();

    // The last count that was requested; as long as it has not begun, it can be joined. It is null when its own caller gave up.
    private TaskCompletionSource<long?>? _last;
    private TaskCompletionSource<long?>? _open;

    /// <summary>Returns the count.</summary>
    /// <param name="count">Counts. It is called for one of the requests that share the count, and stops with that one's token.</param>
    /// <param name="cancellationToken">Stops waiting; the others continue.</param>
    public async Task<long> AskAsync(Func<CancellationToken, Task<long>> count, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource<long?> turn;
            Task? before = null;
            bool leads;
            lock (_lock)
            {
                leads = _open is null;
                if (leads)
                {
                    before = _last is { Task.IsCompleted: false } ? _last.Task : null;
                    _last = _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                turn = _open!;
            }

            if (leads)
            {
                return await LeadAsync(turn, before, count, cancellationToken);
            }

            if (await turn.Task.WaitAsync(cancellationToken) is { } total)
            {
                return total;
            }
        }
    }

    private async Task<long> LeadAsync(TaskCompletionSource<long?> turn, Task? before, Func<CancellationToken, Task<long>> count,
        CancellationToken cancellationToken)
    {
        try
        {
            if (before is not null)
            {
                await before.WaitAsync(cancellationToken);
            }

            Close(turn);
            var total = await count(cancellationToken);
            turn.SetResult(total);
            return total;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && OfDatabase(error))
        {
            // Also for the requests that wait: one after the other, each would wait as long for a database that is gone.
            Close(turn);
            turn.SetException(error);
            // There may be no other caller, and that is no error.
            _ = turn.Task.Exception;
            throw;
        }
        finally
        {
            Close(turn);
            turn.TrySetResult(null);
        }
    }

    // A request that joins after this begins the next one.
    private void Close(TaskCompletionSource<long?> turn)
    {
        lock (_lock)
        {
            _open = _open == turn ? null : _open;
        }
    }

    private static bool OfDatabase(Exception? error)
    {
        while (error is not null and not DbException)
        {
            error = error.InnerException;
        }

        return error is not null;
    }
}
