using System.Globalization;
using Carafe.Replicas;

namespace Carafe.Auth;

/// <summary>
/// Tells the other replicas of sessions that ended and of accounts that changed, where Redis or PostgreSQL connects them. What does not arrive takes effect
/// after <see cref="AuthOptions.SessionCacheDuration"/>.
/// </summary>
internal sealed class SessionBroadcast(IEnumerable<ReplicaChannelSource> sources, IServiceProvider services)
    : IHostedService, IAsyncDisposable
{
    private const string Changed = "changed";

    // Hosted services are made before the start validates the settings, and the cache reads one.
    private readonly Lazy<SessionCache> _cache = new(services.GetRequiredService<SessionCache>);
    private IReplicaChannel? _channel;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _channel = sources.OrderByDescending(source => source.Priority).Select(source => source.Open(services)).FirstOrDefault(channel => channel is not null);
        if (_channel is not null)
        {
            _channel.Subscribe(Receive);
            _cache.Value.Ended = id => _channel.Publish(id.ToString("N", CultureInfo.InvariantCulture));
            _cache.Value.Forgotten = () => _channel.Publish(Changed);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => _channel?.DisposeAsync() ?? ValueTask.CompletedTask;

    // What is no message of this version may mean anything.
    private void Receive(string? message)
    {
        if (Guid.TryParseExact(message, "N", out var id))
        {
            _cache.Value.EndHere(id);
        }
        else
        {
            _cache.Value.ForgetHere();
        }
    }
}
