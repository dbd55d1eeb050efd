using Carafe.Auth;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

/// <summary>A browser whose cookies are of no more use is not left with them.</summary>
public sealed class DeadCookieTests
{
    [Fact]
    public async Task Two_tabs_that_refresh_at_once_and_a_refresh_that_a_reload_cut_stay_signed_in()
    {
        await using var app = await StartAsync();
        var (one, two) = (await SignInAsync(app), new Browser(app));
        foreach (var (name, value) in one.Cookies)
        {
            two.Cookies[name] = value;
        }

        two.Csrf = one.Csrf;
        Assert.Equal([200, 200], (await Task.WhenAll(one.SendAsync(HttpMethod.Post, "/refresh"), two.SendAsync(HttpMethod.Post, "/refresh")))
            .Select(answer => (int)answer.StatusCode));
        Assert.Equal(one.Cookies["__Host-refresh"], two.Cookies["__Host-refresh"]);

        var cut = one.Cookies["__Host-refresh"];
        await one.SendAsync(HttpMethod.Post, "/refresh");
        one.Cookies["__Host-refresh"] = cut;
        app.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(200, (int)(await one.SendAsync(HttpMethod.Post, "/refresh")).StatusCode);
        Assert.Equal(200, (int)(await one.SendAsync(HttpMethod.Get, "/me")).StatusCode);
    }

    [Theory]
    [InlineData("/me")]
    [InlineData("/optional")]
    [InlineData("/silent")]
    [InlineData("/refresh")]
    public async Task Cookies_of_a_session_that_ended_elsewhere_are_cleared_with_the_401(string path)
    {
        await using var app = await StartAsync();
        foreach (var end in (Func<Browser, Task>[])[
            _ => app.WithAsync<SessionManager>(sessions => sessions.EndAllAsync(1)),
            _ => app.WithAsync<AuthDb, int>(db => db.People.Where(person => person.Id == 1).ExecuteDeleteAsync())])
        {
            var browser = await SignInAsync(app);
            await end(browser);
            using var refused = await browser.SendAsync(path == "/refresh" ? HttpMethod.Post : HttpMethod.Get, path);
            Assert.Equal(401, (int)refused.StatusCode);
            Assert.Empty(browser.Cookies);
            Assert.Equal(200, (int)(await browser.SendAsync(HttpMethod.Get, "/optional")).StatusCode);
        }
    }

    [Fact]
    public async Task An_access_cookie_that_has_expired_goes_alone()
    {
        await using var app = await StartAsync();
        var browser = await SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(401, (int)(await browser.SendAsync(HttpMethod.Get, "/optional")).StatusCode);
        Assert.Equal(["__Host-csrf", "__Host-refresh"], browser.Cookies.Keys.Order());
        Assert.Equal(200, (int)(await browser.SendAsync(HttpMethod.Get, "/optional")).StatusCode);
        Assert.Equal(200, (int)(await browser.SendAsync(HttpMethod.Post, "/refresh")).StatusCode);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(20, false)]
    [InlineData(20, true)]
    public async Task A_logout_takes_the_refresh_cookie(int minutes, bool dropped)
    {
        await using var app = await StartAsync();
        var browser = await SignInAsync(app);
        var refresh = browser.Cookies["__Host-refresh"];
        app.Clock.Advance(TimeSpan.FromMinutes(minutes));
        if (dropped)
        {
            browser.Cookies.Remove("__Host-access");
        }

        using var left = await browser.SendAsync(HttpMethod.Post, "/sign-out");
        Assert.Equal(200, (int)left.StatusCode);
        Assert.Equal("\"cache\"", left.Headers.GetValues("Clear-Site-Data").Single());
        Assert.Empty(browser.Cookies);
        browser.Cookies["__Host-refresh"] = refresh;
        Assert.Equal(401, (int)(await browser.SendAsync(HttpMethod.Post, "/refresh")).StatusCode);
    }

    [Fact]
    public async Task A_logout_without_a_token_or_without_the_csrf_token_is_refused()
    {
        await using var app = await StartAsync();
        Assert.Equal(401, (int)(await new Browser(app).SendAsync(HttpMethod.Post, "/sign-out")).StatusCode);
        var browser = await SignInAsync(app);
        browser.Cookies.Remove("__Host-access");
        browser.Csrf = "x";
        Assert.Equal(403, (int)(await browser.SendAsync(HttpMethod.Post, "/sign-out")).StatusCode);
        browser.Cookies["__Host-refresh"] = "a.b.c";
        Assert.Equal(401, (int)(await browser.SendAsync(HttpMethod.Post, "/sign-out")).StatusCode);
        Assert.Empty(browser.Cookies);
    }

    private static Task<TestApp> StartAsync() => AuthApp.StartAsync(auth => auth.UseCookies = true);

    private static async Task<Browser> SignInAsync(TestApp app)
    {
        var browser = new Browser(app);
        await browser.SendAsync(HttpMethod.Post, "/login/" + (await NameAsync(app)));
        browser.Csrf = browser.Cookies["__Host-csrf"];
        return browser;
    }

    private static Task<string> NameAsync(TestApp app) =>
        app.WithAsync<AuthDb, string>(db => db.People.OrderBy(person => person.Id).Select(person => person.Username).FirstAsync());
}
