using Carafe.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Carafe.Tests.Auth;

public sealed partial class LoginTests
{
    private const string Alice = "alice@example.com";
    private const string Good = "correct horse battery";

    [Theory]
    [InlineData("alice@example.com", false)]
    [InlineData("nobody@example.com", false)]
    [InlineData("alice@example.com", true)]
    public async Task Unknown_wrong_and_disabled_get_the_same_answer(string email, bool disabled)
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        if (disabled)
        {
            await using var scope = app.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<AuthDb>().People.ExecuteUpdateAsync(
                person => person.SetProperty(p => p.DisabledAt, app.Clock.GetUtcNow()), TestContext.Current.CancellationToken);
        }

        using var answer = await app.SignInAsync(email, disabled ? Good : "wrong");
        var body = await AuthApp.BodyAsync(answer);
        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Equal("Invalid credentials.", (string?)body["message"]);
        Assert.Equal("invalid_credentials", (string?)body["reason"]);
        Assert.Equal(["error", "message", "reason", "status", "trace_id"], body.AsObject().Select(member => member.Key).Order());
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData(Alice)]
    [InlineData("nobody@example.com")]
    public async Task After_five_failures_the_next_waits_whether_the_account_exists_or_not(string email)
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(401, (int)(await app.SignInAsync(email, "wrong")).StatusCode);
        }

        using var refused = await app.SignInAsync(email, Good);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), refused.Headers.RetryAfter!.Delta);
        using var variant = await app.SignInAsync("  " + email.ToUpperInvariant(), Good);
        Assert.Equal(429, (int)variant.StatusCode);
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(email == Alice ? 200 : 401, (int)(await app.SignInAsync(email, Good)).StatusCode);
    }

    [Fact]
    public async Task Failures_wait_seconds_first_and_minutes_when_they_go_on()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        var waits = new List<double>();
        while (waits.Count < 20)
        {
            using var answer = await app.SignInAsync(Alice, "wrong");
            if ((int)answer.StatusCode == 429)
            {
                waits.Add(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
                app.Clock.Advance(answer.Headers.RetryAfter.Delta.Value);
            }
        }

        Assert.All(waits.Take(15), wait => Assert.Equal(10, wait));
        Assert.All(waits.Skip(18), wait => Assert.InRange(wait, 150, 180));
        app.Clock.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(401, (int)(await app.SignInAsync(Alice, "wrong")).StatusCode);
        }
    }

    [Fact]
    public async Task A_login_says_how_many_more_may_fail()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        using var failed = await app.SignInAsync(Alice, "wrong");
        Assert.Equal("\"login 5/50 seconds\";r=4;t=10, \"login 20/hour\";r=19;t=180", failed.Headers.GetValues("RateLimit").Single());
        Assert.Equal("\"login 5/50 seconds\";q=5;w=50, \"login 20/hour\";q=20;w=3600", failed.Headers.GetValues("RateLimit-Policy").Single());
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, (int)(await app.SignInAsync(Alice, Good)).StatusCode);
        }
    }

    [Theory]
    [InlineData("LOGIN_LIMIT", "5/fortnight")]
    [InlineData("LOGIN_ACCOUNT_LIMIT", "0/minute")]
    [InlineData("LOGIN_ADDRESS_LIMIT", "x")]
    public async Task A_limit_that_is_none_is_refused_at_start(string name, string text)
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => AuthApp.StartAsync(settings: new() { [name] = text }));
        Assert.Contains(error.Errors, fault => fault.StartsWith($"{name}: '{text}'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_cannot_lock_an_account_out()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        Assert.Equal(200, (int)(await app.SignInAsync(Alice, Good, "192.0.2.7")).StatusCode);
        for (var i = 0; i < 80; i++)
        {
            await app.SignInAsync(Alice, "wrong", $"198.51.100.{i}");
        }

        Assert.Equal(200, (int)(await app.SignInAsync(Alice, Good, "192.0.2.7")).StatusCode);
        using var elsewhere = await app.SignInAsync(Alice, Good, "203.0.113.1");
        Assert.Equal(429, (int)elsewhere.StatusCode);
        Assert.True(elsewhere.Headers.RetryAfter!.Delta <= TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Behind_one_address_whoever_signed_in_before_still_does()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        Assert.Equal(200, (int)(await app.SignInAsync(Alice, Good)).StatusCode);
        for (var i = 0; i < 60; i++)
        {
            await app.SignInAsync($"stranger{i}@example.com", "wrong");
        }

        Assert.Equal(429, (int)(await app.SignInAsync("bob@example.com", "wrong")).StatusCode);
        Assert.Equal(200, (int)(await app.SignInAsync(Alice, Good)).StatusCode);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task A_wait_is_as_long_whatever_the_clock_says(int hours)
    {
        WallClock? wall = null;
        await using var app = await AuthApp.StartAsync(services: services =>
        {
            var clock = services.Select(service => service.ImplementationInstance).OfType<FakeTimeProvider>().Single();
            services.AddSingleton<TimeProvider>(wall = new WallClock(clock));
        });
        await app.SetPasswordAsync(Good);
        for (var i = 0; i < 6; i++)
        {
            await app.SignInAsync(Alice, "wrong");
        }

        wall!.Offset = TimeSpan.FromHours(hours);
        Assert.Equal(429, (int)(await app.SignInAsync(Alice, Good)).StatusCode);
        app.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(200, (int)(await app.SignInAsync(Alice, Good)).StatusCode);
    }

    [Fact]
    public async Task One_address_cannot_try_many_accounts()
    {
        await using var app = await AuthApp.StartAsync();
        var refused = 0;
        for (var i = 0; i < 60; i++)
        {
            refused += (int)(await app.SignInAsync($"user{i}@example.com", "wrong", $"2001:db8::{i + 1:x}")).StatusCode == 429 ? 1 : 0;
        }

        Assert.Equal(10, refused);
    }

    [Fact]
    public async Task A_new_password_ends_every_other_session()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        var pairs = new List<TokenPair>();
        for (var i = 0; i < 2; i++)
        {
            pairs.Add((await (await app.SignInAsync(Alice, Good)).Content.ReadFromJsonAsync<TokenPair>(AuthApp.Json, TestContext.Current.CancellationToken))!);
        }

        Assert.Equal(401, (int)(await app.ChangeAsync(pairs[0].AccessToken, "wrong", "another good one")).StatusCode);
        Assert.Equal(422, (int)(await app.ChangeAsync(pairs[0].AccessToken, Good, "password")).StatusCode);
        Assert.Equal(200, (int)(await app.GetAsync("/me", pairs[1].AccessToken)).StatusCode);
        Assert.Equal(200, (int)(await app.ChangeAsync(pairs[0].AccessToken, Good, "another good one")).StatusCode);
        Assert.Equal(200, (int)(await app.GetAsync("/me", pairs[0].AccessToken)).StatusCode);
        Assert.Equal(401, (int)(await app.GetAsync("/me", pairs[1].AccessToken)).StatusCode);
        Assert.Equal(401, (int)(await app.SignInAsync(Alice, Good)).StatusCode);
        Assert.Equal(200, (int)(await app.SignInAsync(Alice, "another good one")).StatusCode);
    }

    /// <summary>A clock that somebody sets, while time goes on as it does.</summary>
    private sealed class WallClock(FakeTimeProvider time) : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Offset;

        public override long GetTimestamp() => time.GetTimestamp();
    }
}
