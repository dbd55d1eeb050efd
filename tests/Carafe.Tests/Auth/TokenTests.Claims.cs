
namespace Carafe.Tests.Auth;

public sealed partial class TokenTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("5")]
    [InlineData("1e400")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("[null,1,{}]")]
    [InlineData("{\"a\":[1e999]}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"2026-01-01T00:00:00Z\"")]
    public async Task A_signed_claim_of_any_type_is_no_error_of_the_server(string value)
    {
        await using var app = await AuthApp.StartAsync();
        var forge = new Forge(app, await app.LoginAsync());
        foreach (var claim in (string[])["exp", "nbf", "iat", "sub", "sid", "jti", "auth_time", "roles", "scope", "username", "client_id", "iss", "aud",
            "note", "act", "http://example.com/claim"])
        {
            var payload = forge.Payload.DeepClone().AsObject();
            payload.Remove(claim);
            var token = forge.Raw(forge.Header.ToJsonString(), payload.ToJsonString().TrimEnd('}') + $",\"{claim}\":{value}}}");
            foreach (var path in (string[])["/me", "/fresh", "/scoped", "/admin", "/optional", "/users/1"])
            {
                Assert.True((int)(await app.GetAsync(path, token)).StatusCode < 500, $"{claim} at {path}");
            }

            Assert.True((int)(await app.RefreshAsync(token)).StatusCode < 500, $"{claim} at /refresh");
        }
    }

    [Fact]
    public async Task A_login_in_the_future_is_not_fresh()
    {
        await using var app = await AuthApp.StartAsync();
        var forge = new Forge(app, await app.LoginAsync());
        var now = app.Clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/fresh", forge.With(payload: $"auth_time={now + 5}"))).StatusCode);
        foreach (var future in (long[])[now + 11, now + 86_400, 9_972_000_000, 253_402_300_799])
        {
            using var refused = await app.GetAsync("/fresh", forge.With(payload: $"auth_time={future}"));
            Assert.Equal("token_stale", (string?)(await AuthApp.BodyAsync(refused))["reason"]);
        }
    }

    [Fact]
    public async Task A_token_from_the_future_says_so()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        app.Clock.AdjustTime(app.Clock.GetUtcNow() - TimeSpan.FromHours(1));
        foreach (var refused in (HttpResponseMessage[])[await app.GetAsync("/me", pair.AccessToken), await app.RefreshAsync(pair.RefreshToken)])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("token_not_yet_valid", (string?)(await AuthApp.BodyAsync(refused))["reason"]);
        }
    }

    [Fact]
    public async Task A_refresh_token_is_not_tried_as_an_access_token()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        var forge = new Forge(app, pair);
        var counter = new CountingCrypto();
        forge.Keys.Access.Signing.Key.CryptoProviderFactory = counter;
        forge.Keys.Refresh.Signing.Key.CryptoProviderFactory = counter;
        Assert.Equal(HttpStatusCode.OK, (await app.SendAsync(HttpMethod.Post, "/renew", pair.RefreshToken)).StatusCode);
        Assert.Equal(1, counter.Verified);
    }
}
