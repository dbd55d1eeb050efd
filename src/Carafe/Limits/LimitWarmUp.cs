namespace Carafe.Limits;

/// <summary>Opens the store before the first request, which has no time for it.</summary>
internal sealed class LimitWarmUp(IServiceProvider services) : IHostedService
{
    // Not a service of the constructor: what is wrong with the settings is for the checks of the start to say, which come between.
    public Task StartAsync(CancellationToken cancellationToken) => services.GetRequiredService<LimitGate>().OpenAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
