namespace Carafe.Hosting;

/// <summary>
/// Keeps the server listening for a while after it was told to stop: readiness says no at once, and balancers need a moment to hear it. What comes in
/// meanwhile is served, and each response ends its connection.
/// </summary>
internal sealed class Drain(IOptions<CarafeSettings> settings, IOptions<HostOptions> host, TimeProvider clock, ILogger<Drain> logger) : IHostedLifecycleService
{
    private volatile bool _isStopping;

    public bool IsStopping => _isStopping;

    // Set here and not where the host is made: invalid settings are reported at the start, with all others.
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        host.Value.ShutdownTimeout = settings.Value.DrainDelay + settings.Value.ShutdownTimeout;
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        if (settings.Value.DrainDelay > TimeSpan.Zero)
        {
            logger.LogInformation("Not ready any more; the server goes on listening for {Delay}", settings.Value.DrainDelay);
            await Task.Delay(settings.Value.DrainDelay, clock, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
