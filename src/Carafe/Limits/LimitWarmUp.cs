namespace Carafe.Limits;

/// <summary>Opens the store before the first request, which has no time for it.</summary>
internal sealed class LimitWarmUp(LimitGate gate) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => gate.OpenAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
