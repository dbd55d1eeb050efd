using Microsoft.EntityFrameworkCore.Storage;

namespace MyApi;

/// <summary>Holds room for what a request adds until it is added, or until this is disposed.</summary>
public sealed class QuotaRoom : IAsyncDisposable
{
    private readonly QuotaLine.Place? _place;
    private readonly IDbContextTransaction? _transaction;

    internal QuotaRoom(QuotaLine.Place? place, IDbContextTransaction? transaction) => (_place, _transaction) = (place, transaction);

    /// <summary>Commits what was added; without it nothing is.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => _transaction?.CommitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Lets the next one in.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
        {
            await _transaction.DisposeAsync();
        }

        _place?.Dispose();
    }

    internal (int Count, long Bytes, Task FirstHasLeft) Ahead() => _place?.Ahead() ?? (0, 0, Task.CompletedTask);
}
