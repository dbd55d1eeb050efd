using Carafe.Replicas;
using StackExchange.Redis;

namespace Carafe.Redis;

/// <summary>Carries messages by PUBLISH and SUBSCRIBE on the app's connection.</summary>
internal sealed class RedisReplicaChannel(RedisConnection connection, ILogger<RedisReplicaChannel> logger) : IReplicaChannel
{
    private readonly RedisChannel _name = RedisChannel.Literal(connection.Prefix + "replicas");

    private readonly Lock _lock = new();
    private Task _sending = Task.CompletedTask;

    public void Publish(string message)
    {
        lock (_lock)
        {
            _sending = Task.WhenAll(_sending, PublishAsync(message));
        }
    }

    public void Subscribe(Action<string?> receive) => _ = SubscribeAsync(receive);

    // A server that is away keeps nobody from ending.
    public async ValueTask DisposeAsync() =>
        await _sending.WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task PublishAsync(string message)
    {
        try
        {
            await (await connection.OpenAsync()).GetSubscriber().PublishAsync(_name, message);
        }
        catch (Exception error)
        {
            logger.LogDebug(error, "A message to the replicas is lost");
        }
    }

    private async Task SubscribeAsync(Action<string?> receive)
    {
        try
        {
            var open = await connection.OpenAsync();
            // Redis keeps nothing for those who were away.
            open.ConnectionRestored += (_, _) => receive(null);
            await open.GetSubscriber().SubscribeAsync(_name, (_, message) => receive(message));
        }
        catch (Exception error)
        {
            // The client subscribes again by itself when the connection is there.
            logger.LogWarning("SUBSCRIBE does not work: {Reason}. Until it does, replicas see ended sessions after SESSION_CACHE_DURATION", error.Message);
        }
    }
}
