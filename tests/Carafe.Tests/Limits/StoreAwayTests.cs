using Carafe.Limits;

namespace Carafe.Tests.Limits;

/// <summary>A store that is away: nobody waits for it, each limit fails as it says, and it comes back by itself.</summary>
public sealed class StoreAwayTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Redis_that_is_away_stops_nobody_and_comes_back_by_itself(bool frozen)
    {
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(server.Url);
        Assert.Equal(3, await app.PassAsync("/open", 3));
        (await app.GetAsync("/open")).IsError(429);

        await (frozen ? server.PauseAsync() : server.KillAsync());
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 50; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            Assert.Equal(200, (await app.GetAsync("/open", $"198.51.100.{i}")).Status);
            waits.Add(TimeProvider.System.GetElapsedTime(started));
        }

        var closed = (await app.GetAsync("/closed")).IsError(503);
        Assert.Equal(("5", "limits_unavailable"), (closed.Headers["Retry-After"], closed.Json.GetProperty("reason").GetString()));
        Assert.Equal("degraded", (await app.GetAsync("/readyz")).Json.GetProperty("checks").GetProperty("limits").GetString());
        // Those that found it out; the rest did not wait at all.
        Assert.InRange(waits.Count(wait => wait > TimeSpan.FromMilliseconds(25)), 0, 10);

        await (frozen ? server.ResumeAsync() : server.RestartAsync());
        while ((await app.GetAsync("/closed", "203.0.113.9")).Status == 503)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, await app.PassAsync("/open", 9, "203.0.113.1"));
        Assert.Single(app.Log, line => line.Contains("LimitGate: ", StringComparison.Ordinal) && line.Contains("is away", StringComparison.Ordinal));
        Assert.Single(app.Log, line => line.Contains("is back after", StringComparison.Ordinal));
        Assert.Equal("ok", (await app.GetAsync("/readyz")).Json.GetProperty("checks").GetProperty("limits").GetString());
    }

    [Fact]
    public async Task An_app_starts_while_its_store_is_away()
    {
        await using var app = await StartAsync("redis://127.0.0.1:1/0");
        Assert.Equal(9, await app.PassAsync("/open", 9));
        (await app.GetAsync("/closed")).IsError(503);
    }

    [Theory]
    [InlineData("redis://")]
    [InlineData("http://127.0.0.1:6379")]
    [InlineData("redis://127.0.0.1:6379/x")]
    [InlineData("localhost:6379")]
    public async Task What_is_no_Redis_URL_is_refused_at_start(string url)
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(url));
        Assert.Contains(error.Errors, fault => fault.StartsWith("REDIS_URL: ", StringComparison.Ordinal));
    }

    private static Task<LimitApp> StartAsync(string url) => LimitApp.StartAsync(
        app =>
        {
            app.MapHealth();
            app.MapGet("/open", () => "x").WithLimit("3/hour moving", by: LimitBy.Address);
            app.MapGet("/closed", () => "x").WithLimit("1000/hour", by: LimitBy.Address, whenAway: LimitFailure.Closed);
        },
        builder =>
        {
            builder.Services.AddRedis();
            builder.Configuration["REDIS_URL"] = url;
        });
}
