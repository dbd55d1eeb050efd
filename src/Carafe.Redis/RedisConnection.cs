using StackExchange.Redis;

namespace Carafe.Redis;

/// <summary>Holds the one connection of the app. It is opened at the first use and opens itself again whenever it breaks.</summary>
internal sealed class RedisConnection(RedisSettings settings, IHostEnvironment environment) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Task<ConnectionMultiplexer>? _opening;

    public bool IsConfigured => settings.RedisUrl is not null;

    /// <summary>Gets what every name of this app begins with. The braces keep the keys of one app together in a cluster.</summary>
    public string Prefix { get; } = $"carafe:{{{Uri.EscapeDataString(environment.ApplicationName)}}}:";

    public Task<ConnectionMultiplexer> OpenAsync()
    {
        lock (_lock)
        {
            // It does not fail because the server is away; what else makes it fail may have passed by the next time.
            return _opening is null or { IsFaulted: true } or { IsCanceled: true }
                ? _opening = ConnectionMultiplexer.ConnectAsync(RedisAddress.TryParse(settings.RedisUrl!)!)
                : _opening;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_opening is { IsCompletedSuccessfully: true } opened)
        {
            await (await opened).DisposeAsync();
        }
    }
}
