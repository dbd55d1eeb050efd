using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Idempotency;

/// <summary>Keeps keys and responses in the app's database. Each step commits on its own, on a context of its own.</summary>
internal sealed class DatabaseIdempotencyStore<TContext>(IServiceScopeFactory scopes) : IIdempotencyStore
    where TContext : DbContext
{
    public async Task<IdempotencyRecord?> ClaimAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var rows = scope.ServiceProvider.GetRequiredService<TContext>().Set<IdempotencyKey>();
        // Queries first: a violated key is an error line in every database's log.
        for (var attempt = 1; ; attempt++)
        {
            var row = await rows.AsNoTracking().FirstOrDefaultAsync(row => row.Key == claim.Key, cancellationToken);
            if (row is not null && row.EndsAt > claim.Now)
            {
                return new IdempotencyRecord(row.Fingerprint, row.Status is { } status ? new IdempotentResponse(status, row.Headers!, row.Body!) : null);
            }

            if (row is not null)
            {
                await rows.Where(row => row.Key == claim.Key && row.EndsAt <= claim.Now).ExecuteDeleteAsync(cancellationToken);
            }

            if (await InsertAsync(claim, isLast: attempt == 5, cancellationToken))
            {
                return null;
            }
        }
    }

    public async Task CompleteAsync(IdempotencyClaim claim, IdempotentResponse response)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TContext>().Set<IdempotencyKey>()
            .Where(row => row.Key == claim.Key && row.Status == null && row.EndsAt == claim.LeaseEnds).ExecuteUpdateAsync(row => row
            .SetProperty(key => key.Status, response.Status)
            .SetProperty(key => key.Headers, response.Headers)
            .SetProperty(key => key.Body, response.Body)
            .SetProperty(key => key.EndsAt, claim.Expires));
    }

    public async Task ReleaseAsync(IdempotencyClaim claim)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TContext>().Set<IdempotencyKey>()
            .Where(row => row.Key == claim.Key && row.Status == null && row.EndsAt == claim.LeaseEnds).ExecuteDeleteAsync();
    }

    public async Task ForgetAsync(string caller)
    {
        await using var scope = scopes.CreateAsyncScope();
        // A range of the primary key: what follows a hex digit is less than g.
        var end = caller + 'g';
        await scope.ServiceProvider.GetRequiredService<TContext>().Set<IdempotencyKey>()
            .Where(row => string.Compare(row.Key, caller) >= 0 && string.Compare(row.Key, end) < 0).ExecuteDeleteAsync();
    }

    // The primary key decides.
    private async Task<bool> InsertAsync(IdempotencyClaim claim, bool isLast, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        context.Add(new IdempotencyKey { Key = claim.Key, Fingerprint = claim.Fingerprint, EndsAt = claim.LeaseEnds });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException) when (!isLast)
        {
            return false;
        }
    }
}
