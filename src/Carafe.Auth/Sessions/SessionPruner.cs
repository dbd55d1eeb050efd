namespace Carafe.Auth;

/// <summary>Deletes expired sessions once an hour, in small steps.</summary>
internal sealed class SessionPruner(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SessionPruner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private const int Step = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning(fault, "Expired sessions were not deleted; the next attempt is in an hour");
            }
        }
    }

    internal async Task PruneAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<SessionStore>();
        while (await store.PruneAsync(clock.GetUtcNow(), Step, cancellation) == Step)
        {
            await Task.Yield();
        }
    }
}
