using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Carafe.Tests.Auth;

public sealed class RuleTests
{
    [Theory]
    [InlineData("/silent", 401, 200, 200)]
    [InlineData("/me", 401, 200, 200)]
    [InlineData("/open", 200, 200, 200)]
    [InlineData("/optional", 200, 200, 200)]
    [InlineData("/opened", 401, 200, 200)]
    [InlineData("/admin", 401, 403, 200)]
    [InlineData("/scoped", 401, 403, 403)]
    [InlineData("/users/1", 401, 200, 200)]
    [InlineData("/users/2", 401, 403, 200)]
    [InlineData("/rows/1", 401, 200, 200)]
    [InlineData("/rows/2", 401, 403, 200)]
    [InlineData("/nowhere", 404, 404, 404)]
    [InlineData("/logout", 405, 405, 405)]
    public async Task Each_rule_lets_pass_whom_it_names(string path, int guest, int user, int admin)
    {
        await using var app = await AuthApp.StartAsync();
        Assert.Equal(guest, (int)(await app.GetAsync(path)).StatusCode);
        Assert.Equal(user, (int)(await app.GetAsync(path, (await app.LoginAsync()).AccessToken)).StatusCode);
        Assert.Equal(admin, (int)(await app.GetAsync(path, (await app.LoginAsync("root")).AccessToken)).StatusCode);
    }

    [Theory]
    [InlineData("/optional", 401)]
    [InlineData("/opened", 401)]
    [InlineData("/me", 401)]
    [InlineData("/open", 200)]
    public async Task A_bad_token_is_refused_wherever_the_caller_is_read(string path, int status)
    {
        await using var app = await AuthApp.StartAsync();
        using var answer = await app.GetAsync(path, "a.b.c");
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 401)
        {
            Assert.StartsWith("Bearer error=\"invalid_token\", error_description=", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            Assert.Equal("token_malformed", (string?)(await AuthApp.BodyAsync(answer))["reason"]);
        }
    }

    [Fact]
    public async Task A_stale_login_is_asked_to_sign_in_again()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/fresh", pair.AccessToken)).StatusCode);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        pair = await app.RefreshedAsync(pair);
        using var stale = await app.GetAsync("/fresh", pair.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, stale.StatusCode);
        Assert.Contains("error=\"insufficient_user_authentication\"", stale.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains("max_age=\"300\"", stale.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_comes_from_the_extra_claims()
    {
        await using var app = await AuthApp.StartAsync(
            auth => auth.ExtraClaims = (account, _) => [new("scope", account.Username == "alice" ? "posts:read posts:write" : "posts:read")]);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/scoped", (await app.LoginAsync()).AccessToken)).StatusCode);
        using var refused = await app.GetAsync("/scoped", (await app.LoginAsync("bob")).AccessToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("scope=\"posts:write\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_the_challenge_has_no_error_code()
    {
        await using var app = await AuthApp.StartAsync();
        using var answer = await app.GetAsync("/me");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("token_missing", (string?)(await AuthApp.BodyAsync(answer))["reason"]);
    }

    [Fact]
    public async Task A_token_that_the_app_reads_from_elsewhere_signs_in()
    {
        await using var app = await AuthApp.StartAsync(
            services: services => services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, bearer =>
        {
            var kit = bearer.Events.OnMessageReceived;
            bearer.Events.OnMessageReceived = context =>
            {
                context.Request.Headers.Authorization = context.Request.Query["token"].Select(token => $"Bearer {token}").ToArray();
                return kit(context);
            };
        }));
        using var known = await app.GetAsync($"/optional?token={(await app.LoginAsync()).AccessToken}");
        Assert.Equal("alice", await known.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var unknown = await app.GetAsync("/optional");
        Assert.Equal("nobody", await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_app_without_a_fallback_policy_is_closed_where_it_says_so()
    {
        await using var app = await AuthApp.StartAsync(services: services => services.AddAuthorizationBuilder().SetFallbackPolicy(null!));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/silent")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/admin")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me")).StatusCode);
    }
}
