using Carafe.Auth;
using Carafe.Tests.Limits;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

/// <summary>What one replica ends, another hears of by Redis, long before its own check.</summary>
public sealed class ReplicaSessionTests
{
    [Theory]
    [InlineData("logout")]
    [InlineData("logout-all")]
    [InlineData("disable")]
    public async Task What_ends_in_one_replica_ends_in_the_other(string how)
    {
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis, one.Folder());
        var pair = await one.LoginAsync();
        await HearsAsync(redis, 2);
        Assert.Equal(200, (int)(await two.GetAsync("/me", pair.AccessToken)).StatusCode);

        await EndAsync(one, pair, how);
        while ((int)(await two.GetAsync("/me", pair.AccessToken)).StatusCode != 401)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_replica_that_was_cut_off_forgets_what_it_knew()
    {
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis, one.Folder());
        var pair = await one.LoginAsync();
        await HearsAsync(redis, 2);
        Assert.Equal(200, (int)(await two.GetAsync("/me", pair.AccessToken)).StatusCode);

        await redis.KillAsync();
        await EndAsync(one, pair, "logout");
        await redis.RestartAsync();
        while ((int)(await two.GetAsync("/me", pair.AccessToken)).StatusCode != 401)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static Task<TestApp> StartAsync(RedisServer redis, string? folder = null) => AuthApp.StartAsync(
        auth => auth.SessionCacheDuration = TimeSpan.FromHours(1),
        new()
        {
            ["REDIS_URL"] = redis.Url,
            ["SECRET_KEY"] = SmallApp.StrongSecret,
            ["JWT_SECRET_KEY"] = SmallApp.StrongSecret,
        },
        services => services.AddRedis(), folder: folder, replica: folder is not null);

    private static async Task EndAsync(TestApp app, TokenPair pair, string how)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var (db, sessions) = (scope.ServiceProvider.GetRequiredService<AuthDb>(), scope.ServiceProvider.GetRequiredService<SessionManager>());
        var alice = await db.People.SingleAsync(person => person.Username == "alice");
        switch (how)
        {
            case "disable":
                alice.DisabledAt = app.Clock.GetUtcNow();
                await db.SaveChangesAsync();
                break;
            case "logout-all":
                await sessions.EndAllAsync(alice.Id);
                break;
            default:
                await sessions.EndAsync(alice.Id, Guid.Parse(new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(pair.AccessToken).GetClaim("sid").Value));
                break;
        }
    }

    // Until as many listen, nobody has been told anything.
    private static async Task HearsAsync(RedisServer redis, int listeners)
    {
        await using var client = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(redis.Url["redis://".Length..^2]);
        while (true)
        {
            var channels = await client.GetServers()[0].SubscriptionChannelsAsync(StackExchange.Redis.RedisChannel.Pattern("carafe:*"));
            if (channels.Length > 0 && await client.GetServers()[0].SubscriptionSubscriberCountAsync(channels[0]) >= listeners)
            {
                return;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
