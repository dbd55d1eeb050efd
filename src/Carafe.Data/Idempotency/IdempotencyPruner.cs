using Microsoft.EntityFrameworkCore;

namespace Carafe.Data.Idempotency;

/// <summary>Deletes responses once they are past their time, whether or not anybody asks for one.</summary>
internal sealed class IdempotencyPruner<TContext>(IServiceScopeFactory scopes, TimeProvider clock, ILogger<IdempotencyPruner<TContext>> logger)
    : BackgroundService
    where TContext : DbContext
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var now = clock.GetUtcNow();
                await scope.ServiceProvider.GetRequiredService<TContext>().Set<IdempotencyKey>().Where(row => row.EndsAt <= now)
                    .ExecuteDeleteAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(error, "Expired idempotency keys were not deleted; the next attempt is in ten minutes");
            }
        }
    }
}
