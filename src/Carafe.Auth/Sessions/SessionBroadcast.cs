using System.Globalization;
using Carafe.Replicas;

namespace Carafe.Auth;

/// <summary>
/// Tells the other replicas of sessions that ended and of accounts that changed, where Redis or PostgreSQL connects them. What does not arrive takes effect
/// after <see cref="AuthOptions.SessionCacheDuration"/>. A command tells them too, so an account that it disables is refused at once.
/// </summary>
internal sealed class SessionBroadcast(IEnumerable<ReplicaChannelSource> sources, IServiceProvider services) : IAsyncDisposable
{
    private const string Changed = "changed";

    private readonly IReplicaChannel? _channel =
        sources.OrderByDescending(source => source.Priority).Select(source => source.Open(services)).FirstOrDefault(channel => channel is not null);

    public void End(Guid id) => _channel?.Publish(id.ToString("N", CultureInfo.InvariantCulture));

    public void Forget() => _channel?.Publish(Changed);

    /// <summary>Hands on to a cache what the others tell, from now on.</summary>
    public void Subscribe(SessionCache cache) => _channel?.Subscribe(message =>
    {
        if (Guid.TryParseExact(message, "N", out var id))
        {
            cache.EndHere(id);
        }
        else
        {
            // What is no message of this version may mean anything.
            cache.ForgetHere();
        }
    });

    public ValueTask DisposeAsync() => _channel?.DisposeAsync() ?? ValueTask.CompletedTask;
}
