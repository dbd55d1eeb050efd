namespace Carafe.Auth;

/// <summary>Deletes expired sessions once an hour, in small steps.</summary>
internal sealed class SessionPruner(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SessionPruner> logger) : BackgroundService
{
    private const int Step = 500;

    private readonly PeriodicTimer _timer = new(TimeSpan.FromHours(1), clock);

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(error, "Expired sessions were not deleted; the next attempt is in an hour");
            }
        }
    }

    internal async Task PruneAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<SessionStore>();
        while (await store.PruneAsync(clock.GetUtcNow(), Step, cancellationToken) == Step)
        {
            await Task.Yield();
        }
    }
}
