using Microsoft.EntityFrameworkCore.Storage;

namespace MyApi;

/// <summary>Lets the requests of one account that add something take turns in this process, before they take a connection of the database.</summary>
public sealed class QuotaTurns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, (SemaphoreSlim Gate, int Users)> _gates = [];

    internal async Task EnterAsync(int account, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate;
        lock (_lock)
        {
            var (known, users) = _gates.GetValueOrDefault(account);
            gate = known ?? new SemaphoreSlim(1);
            _gates[account] = (gate, users + 1);
        }

        try
        {
            await gate.WaitAsync(cancellationToken);
        }
        catch
        {
            Forget(account);
            throw;
        }
    }

    internal void Leave(int account) => Forget(account).Release();

    private SemaphoreSlim Forget(int account)
    {
        lock (_lock)
        {
            var (gate, users) = _gates[account];
            if (users == 1)
            {
                _gates.Remove(account);
            }
            else
            {
                _gates[account] = (gate, users - 1);
            }

            return gate;
        }
    }
}

/// <summary>Represents the turn of one request of an account, until it is disposed.</summary>
public sealed class QuotaTurn : IAsyncDisposable
{
    private readonly QuotaTurns? _turns;
    private readonly int _account;

    internal QuotaTurn(QuotaTurns? turns, int account) => (_turns, _account) = (turns, account);

    internal IDbContextTransaction? Transaction { get; set; }

    /// <summary>Commits what was added; without it nothing is.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => Transaction?.CommitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Lets the next request of the account in.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Transaction is not null)
            {
                await Transaction.DisposeAsync();
            }
        }
        finally
        {
            _turns?.Leave(_account);
        }
    }
}
