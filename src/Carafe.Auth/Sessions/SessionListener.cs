namespace Carafe.Auth;

/// <summary>Listens to the other replicas while the app serves.</summary>
internal sealed class SessionListener(IServiceProvider services) : IHostedService
{
    // Hosted services are made before the start validates the settings, and the cache and the channel read some.
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<SessionBroadcast>().Subscribe(services.GetRequiredService<SessionCache>());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
