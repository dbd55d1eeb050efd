using Carafe.Auth;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Carafe.Tests.Auth;

/// <summary>The last moment and the last place at which a token is still taken.</summary>
public sealed class TokenEdgeTests
{
    [Fact]
    public async Task A_token_ends_when_its_time_and_the_clock_skew_are_over_and_not_a_tick_before()
    {
        await using var app = await AuthApp.StartAsync();
        var token = (await app.LoginAsync()).AccessToken;
        var end = new JsonWebToken(token).ValidTo + app.Services.GetRequiredService<AuthOptions>().ClockSkew;
        app.Clock.SetUtcNow(new DateTimeOffset(end).AddTicks(-1));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", token)).StatusCode);
        app.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", token)).StatusCode);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.Unauthorized)]
    public async Task A_token_begins_with_the_clock_skew_before_its_time(int secondsMore, HttpStatusCode status)
    {
        await using var app = await AuthApp.StartAsync();
        var forge = new Forge(app, await app.LoginAsync());
        var begin = app.Clock.GetUtcNow() + app.Services.GetRequiredService<AuthOptions>().ClockSkew;
        var token = forge.With(payload: $"nbf={begin.ToUnixTimeSeconds() + secondsMore}");
        Assert.Equal(status, (await app.GetAsync("/me", token)).StatusCode);
    }

    [Theory]
    [InlineData("nbf=0")]
    [InlineData("iat=0")]
    [InlineData("auth_time=0")]
    public async Task The_first_second_of_1970_is_a_time(string claim)
    {
        await using var app = await AuthApp.StartAsync();
        var forge = new Forge(app, await app.LoginAsync());
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", forge.With(payload: claim))).StatusCode);
    }

    [Fact]
    public async Task Two_thousand_verified_tokens_are_kept_and_then_all_are_forgotten()
    {
        await using var app = await AuthApp.StartAsync();
        var forge = new Forge(app, await app.LoginAsync());
        var known = app.Services.GetRequiredService<VerifiedTokens>();
        var texts = Enumerable.Range(0, 2_001).Select(number => forge.With(payload: $"jti=\"{number}\"")).ToList();
        foreach (var text in texts.SkipLast(1))
        {
            Keep(text);
        }

        Assert.All(texts.SkipLast(1), text => Assert.NotNull(known.Find(text)));
        Keep(texts[^1]);
        Assert.Equal([texts[^1]], texts.Where(text => known.Find(text) is not null));

        void Keep(string text) => known.Keep(new JsonWebToken(text), SignedClaims.Read(text, access: true), new());
    }
}
