using Carafe.Limits;
using Carafe.Redis;
using Carafe.Replicas;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Redis to an app.</summary>
public static class RedisServiceCollectionExtensions
{
    /// <summary>
    /// Uses the Redis that <c>REDIS_URL</c> names for what replicas share: the counts of limits, and word of ended
    /// sessions. Without that setting it changes nothing. Nothing waits
    /// for a Redis that is away (docs/limits.md).
    /// </summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddRedis(this IServiceCollection services)
    {
        services.AddSettings<RedisSettings>();
        services.AddSingleton<RedisConnection>();
        services.AddSingleton(new LimitStoreSource("redis", 20, Open));
        services.AddSingleton(new ReplicaChannelSource(20, provider => provider.GetRequiredService<RedisConnection>() is { IsConfigured: true } connection
            ? new RedisReplicaChannel(connection, provider.GetRequiredService<ILogger<RedisReplicaChannel>>())
            : null));
        return services;
    }

    private static RedisLimitStore? Open(IServiceProvider provider) =>
        provider.GetRequiredService<RedisConnection>() is { IsConfigured: true } connection ? new RedisLimitStore(connection) : null;
}
