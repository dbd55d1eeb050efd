using System.Data.Common;

namespace Carafe.Data.Paging;

/// <summary>
/// Counts one list for all who ask at the same time. Whoever comes while it is counted waits for the next count, which begins only then and is for all who wait:
/// nobody gets a count that began before they asked, so each sees what was written before, by whichever process.
/// </summary>
internal sealed class SharedCount
{
    private readonly Lock _lock = new();

    // The last one that was asked for, and, as long as it has not begun, the same once more: it can be joined. Null comes of a count whose own caller gave up.
    private TaskCompletionSource<long?>? _last;
    private TaskCompletionSource<long?>? _open;

    /// <summary>The count.</summary>
    /// <param name="count">Counts. It is called for one of those who ask together, and stops when that one's token says so.</param>
    /// <param name="cancellationToken">Stops waiting; the others go on.</param>
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

    private async Task<long> LeadAsync(TaskCompletionSource<long?> turn, Task? before, Func<CancellationToken, Task<long>> count, CancellationToken cancellationToken)
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
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && OfDatabase(fault))
        {
            // Also for those who wait: one after the other, they would each wait as long for a database that is gone.
            Close(turn);
            turn.SetException(fault);
            // Nobody need be waiting, and that is no fault.
            _ = turn.Task.Exception;
            throw;
        }
        finally
        {
            Close(turn);
            turn.TrySetResult(null);
        }
    }

    // What joins after this begins the next one.
    private void Close(TaskCompletionSource<long?> turn)
    {
        lock (_lock)
        {
            _open = _open == turn ? null : _open;
        }
    }

    private static bool OfDatabase(Exception? fault)
    {
        while (fault is not null and not DbException)
        {
            fault = fault.InnerException;
        }

        return fault is not null;
    }
}
