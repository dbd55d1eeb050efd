using Carafe.Auth;
using Microsoft.Net.Http.Headers;

namespace Carafe.Tests.Auth;

public sealed class CookieTests
{
    [Fact]
    public async Task A_login_sets_cookies_that_no_script_reads_and_no_other_host_sets()
    {
        await using var app = await StartAsync();
        using var login = await app.SendAsync(HttpMethod.Post, "/login/alice");
        var cookies = SetCookieHeaderValue.ParseList([.. login.Headers.GetValues("Set-Cookie")]);
        Assert.Equal(["__Host-access", "__Host-refresh", "__Host-csrf"], cookies.Select(cookie => cookie.Name.Value));
        Assert.All(cookies,
            cookie => Assert.True(cookie is { Secure: true, Domain.HasValue: false } && cookie.Path == "/"
                && cookie.SameSite == Microsoft.Net.Http.Headers.SameSiteMode.Lax));
        Assert.Equal([true, true, false], cookies.Select(cookie => cookie.HttpOnly));
        Assert.Equal([15 * 60, 30 * 24 * 3600, 30 * 24 * 3600], cookies.Select(cookie => (int)cookie.MaxAge!.Value.TotalSeconds));
    }

    [Fact]
    public async Task The_access_cookie_signs_in_and_its_answers_are_private()
    {
        await using var app = await StartAsync();
        var browser = new Browser(app);
        await browser.SendAsync(HttpMethod.Post, "/login/alice");
        using var me = await browser.SendAsync(HttpMethod.Get, "/me");
        Assert.Equal("alice", (string?)(await AuthApp.BodyAsync(me))["username"]);
        Assert.Equal("no-cache, private", me.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Without_the_option_cookies_are_neither_set_nor_read()
    {
        await using var app = await AuthApp.StartAsync();
        var browser = new Browser(app);
        using var login = await browser.SendAsync(HttpMethod.Post, "/login/alice");
        Assert.False(login.Headers.Contains("Set-Cookie"));
        var pair = await app.LoginAsync();
        browser.Cookies["__Host-access"] = pair.AccessToken;
        browser.Cookies["__Host-refresh"] = pair.RefreshToken;
        Assert.Equal("token_missing", await ReasonAsync(await browser.SendAsync(HttpMethod.Get, "/me"), 401));
        Assert.Equal("token_missing", await ReasonAsync(await browser.SendAsync(HttpMethod.Post, "/refresh"), 401));
    }

    [Theory]
    [InlineData("POST", "/logout")]
    [InlineData("POST", "/refresh")]
    [InlineData("POST", "/optional-post")]
    [InlineData("DELETE", "/thing")]
    public async Task An_unsafe_request_by_cookie_needs_the_sessions_own_csrf_token(string method, string path)
    {
        await using var app = await StartAsync();
        var (alice, bob) = (new Browser(app), new Browser(app));
        await alice.SendAsync(HttpMethod.Post, "/login/alice");
        await bob.SendAsync(HttpMethod.Post, "/login/bob");
        var planted = bob.Cookies["__Host-csrf"];
        foreach (var token in (string?[])[null, "", "x", planted, alice.Cookies["__Host-csrf"] + "x", alice.Cookies["__Host-csrf"][1..], "ä"])
        {
            alice.Csrf = token;
            var own = alice.Cookies["__Host-csrf"];
            alice.Cookies["__Host-csrf"] = token ?? own;
            Assert.Equal("csrf", await ReasonAsync(await alice.SendAsync(new(method), path), 403));
            alice.Cookies["__Host-csrf"] = own;
        }

        alice.Csrf = alice.Cookies["__Host-csrf"];
        Assert.Equal(200, (int)(await alice.SendAsync(new(method), path)).StatusCode);
    }

    [Fact]
    public async Task A_token_in_the_header_goes_before_cookies_and_needs_no_csrf_token()
    {
        await using var app = await StartAsync();
        var browser = new Browser(app);
        await browser.SendAsync(HttpMethod.Post, "/login/alice");
        var bob = await app.LoginAsync("bob");
        Assert.Equal("bob", (string?)(await AuthApp.BodyAsync(await browser.SendAsync(HttpMethod.Get, "/me", bob.AccessToken)))["username"]);
        using var refreshed = await browser.SendAsync(HttpMethod.Post, "/refresh", bob.RefreshToken);
        Assert.False(refreshed.Headers.Contains("Set-Cookie"));
        Assert.Equal(200,
            (int)(await browser.SendAsync(HttpMethod.Post, "/logout",
                (await refreshed.Content.ReadFromJsonAsync<TokenPair>(AuthApp.Json, TestContext.Current.CancellationToken))!.AccessToken)).StatusCode);
        Assert.Equal("token_malformed", await ReasonAsync(await browser.SendAsync(HttpMethod.Get, "/me", "x"), 401));
    }

    [Fact]
    public async Task A_refresh_by_cookie_answers_in_cookies_alone_and_a_spent_one_ends_the_session()
    {
        await using var app = await StartAsync();
        var browser = new Browser(app);
        await browser.SendAsync(HttpMethod.Post, "/login/alice");
        browser.Csrf = browser.Cookies["__Host-csrf"];
        var spent = browser.Cookies["__Host-refresh"];
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("token_expired", await ReasonAsync(await browser.SendAsync(HttpMethod.Get, "/me"), 401));
        using var refreshed = await browser.SendAsync(HttpMethod.Post, "/refresh");
        var body = await AuthApp.BodyAsync(refreshed);
        Assert.Equal(("", ""), ((string?)body["access_token"], (string?)body["refresh_token"]));
        Assert.NotEqual(spent, browser.Cookies["__Host-refresh"]);
        Assert.Equal(200, (int)(await browser.SendAsync(HttpMethod.Get, "/me")).StatusCode);

        var live = browser.Cookies["__Host-access"];
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        browser.Cookies["__Host-refresh"] = spent;
        Assert.Equal("token_revoked", await ReasonAsync(await browser.SendAsync(HttpMethod.Post, "/refresh"), 401));
        Assert.Empty(browser.Cookies);
        browser.Cookies["__Host-access"] = live;
        Assert.Equal("token_revoked", await ReasonAsync(await browser.SendAsync(HttpMethod.Get, "/me"), 401));
    }

    [Theory]
    [InlineData("/logout", true)]
    [InlineData("/logout-all", true)]
    [InlineData("/logout-others", false)]
    public async Task A_logout_clears_the_cookies_of_the_session_that_ends(string path, bool cleared)
    {
        await using var app = await StartAsync();
        var browser = new Browser(app);
        await browser.SendAsync(HttpMethod.Post, "/login/alice");
        browser.Csrf = browser.Cookies["__Host-csrf"];
        await browser.SendAsync(HttpMethod.Post, path);
        Assert.Equal(cleared ? 0 : 3, browser.Cookies.Count);
    }

    [Fact]
    public async Task Neither_cookie_does_the_others_work_and_no_bytes_in_them_break_anything()
    {
        await using var app = await StartAsync();
        var browser = new Browser(app);
        await browser.SendAsync(HttpMethod.Post, "/login/alice");
        browser.Csrf = browser.Cookies["__Host-csrf"];
        var (access, refresh) = (browser.Cookies["__Host-access"], browser.Cookies["__Host-refresh"]);
        (browser.Cookies["__Host-access"], browser.Cookies["__Host-refresh"]) = (refresh, access);
        Assert.Equal("token_invalid", await ReasonAsync(await browser.SendAsync(HttpMethod.Get, "/me"), 401));
        Assert.Equal("token_invalid", await ReasonAsync(await browser.SendAsync(HttpMethod.Post, "/refresh"), 401));
        foreach (var bytes in (string[])["x", "a.b.c", "%00", "\"", "ä=;", new string('a', 9000), "=;=;__Host-access"])
        {
            (browser.Cookies["__Host-access"], browser.Cookies["__Host-refresh"]) = (bytes, bytes);
            Assert.Equal(401, (int)(await browser.SendAsync(HttpMethod.Get, "/me")).StatusCode);
            Assert.Equal(401, (int)(await browser.SendAsync(HttpMethod.Post, "/refresh")).StatusCode);
        }
    }

    private static Task<TestApp> StartAsync() => AuthApp.StartAsync(auth => auth.UseCookies = true, map: app =>
    {
        app.MapPost("/optional-post", (CurrentUser? me) => me?.Username ?? "nobody").AllowAnonymous();
        app.MapDelete("/thing", () => "gone");
    });

    private static async Task<string?> ReasonAsync(HttpResponseMessage answer, int status)
    {
        var body = await AuthApp.BodyAsync(answer);
        Assert.Equal((status, status), ((int)answer.StatusCode, (int?)body["status"]));
        return (string?)body["reason"];
    }
}
