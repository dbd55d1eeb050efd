using Carafe.Auth;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

/// <summary>Tokens of Flask-JWT-Extended sign in until they expire, for accounts as they are now, and nothing else does with their key.</summary>
public sealed class FlaskTokenTests
{
    [Fact]
    public async Task An_access_token_of_Flask_signs_in()
    {
        await using var app = await FlaskApp.StartAsync();

        Assert.Equal("alice", await (await app.GetAsync("/me", app.Token())).EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        Assert.Equal("bob", await (await app.GetAsync("/me", app.Token(claims: [("sub", 2)]))).Content.ReadAsStringAsync());
    }

    public static TheoryData<string, string?, object?, string, object?> Bad => new()
    {
        { "access", "another secret that is as long as it should be", null, "x", null },
        { "access", null, new { alg = "HS512", typ = "JWT" }, "x", null },
        { "access", null, new { alg = "none", typ = "JWT" }, "x", null },
        { "access", null, new { alg = "HS256", typ = "JWT", crit = new[] { "exp" } }, "x", null },
        { "access", null, new { alg = "HS256", typ = "at+jwt" }, "x", null },
        { "refresh", null, null, "x", null },
        { "access", null, null, "type", null },
        { "access", null, null, "exp", null },
        { "access", null, null, "exp", 5 },
        { "access", null, null, "nbf", 9_000_000_000 },
        { "access", null, null, "jti", null },
        { "access", null, null, "jti", "revoked by Flask" },
        { "access", null, null, "sub", "alice" },
        { "access", null, null, "sub", "3" },
        { "access", null, null, "sub", -1 },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_token_that_Flask_would_not_take_either_is_401(string type, string? secret, object? header, string claim, object? value)
    {
        await using var app = await FlaskApp.StartAsync();

        await app.GetAsync("/me", app.Token(type, secret, header, (claim, value))).ExpectError(401);
    }

    [Fact]
    public async Task No_token_is_accepted_from_the_end_on()
    {
        await using var app = await FlaskApp.StartAsync(new() { ["FLASK_JWT_UNTIL"] = "2001-01-01" });

        await app.GetAsync("/me", app.Token()).ExpectError(401);
        await app.RefreshAsync(app.Token("refresh")).ExpectError(401);
    }

    [Fact]
    public async Task Without_a_key_no_token_is_accepted()
    {
        await using var app = await FlaskApp.StartAsync(new() { ["FLASK_JWT_SECRET_KEY"] = null, ["FLASK_JWT_UNTIL"] = null });

        await app.GetAsync("/me", app.Token()).ExpectError(401);
    }

    [Fact]
    public async Task A_key_needs_an_end()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => FlaskApp.StartAsync(new() { ["FLASK_JWT_UNTIL"] = null }));

        Assert.Contains("FLASK_JWT_UNTIL belong together", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_fresh_is_no_recent_sign_in()
    {
        await using var app = await FlaskApp.StartAsync();

        await app.GetAsync("/fresh", app.Token()).ExpectError(401);
        (await app.GetAsync("/fresh", app.Token(claims: [("fresh", true)]))).EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refresh_token_of_Flask_is_no_recent_sign_in(bool fresh)
    {
        await using var app = await FlaskApp.StartAsync();
        var pair = await app.RefreshedAsync(new TokenPair("", app.Token("refresh", claims: [("fresh", fresh)]), 0));

        (await app.GetAsync("/me", pair.AccessToken)).EnsureSuccessStatusCode();
        await app.GetAsync("/fresh", pair.AccessToken).ExpectError(401);
    }

    [Fact]
    public async Task A_token_of_a_Flask_whose_clock_is_ahead_ends_with_the_others()
    {
        await using var app = await FlaskApp.StartAsync();
        var soon = app.Clock.GetUtcNow().AddSeconds(3).ToUnixTimeSeconds();
        var (token, refresh) = (app.Token(claims: [("iat", soon)]), app.Token("refresh", claims: [("iat", soon)]));
        (await app.GetAsync("/me", token)).EnsureSuccessStatusCode();
        await app.WithAsync<SessionManager>(sessions => sessions.EndAllAsync(1));

        await app.GetAsync("/me", token).ExpectError(401);
        await app.RefreshAsync(refresh).ExpectError(401);
    }

    [Fact]
    public async Task A_token_of_Flask_in_a_cookie_signs_nobody_in()
    {
        await using var app = await FlaskApp.StartAsync(cookies: true);
        var browser = new Browser(app);
        browser.Cookies["__Host-access"] = app.Token();

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Get, "/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await new Browser(app).SendAsync(HttpMethod.Get, "/me", app.Token())).StatusCode);
    }

    [Fact]
    public async Task A_disabled_account_stays_signed_out_when_it_is_enabled_again()
    {
        await using var app = await FlaskApp.StartAsync();
        var token = app.Token();
        await app.WithAsync<FlaskDb>(async db =>
        {
            (await db.People.SingleAsync(person => person.Id == 1)).DisabledAt = app.Clock.GetUtcNow();
            await db.SaveChangesAsync();
        });
        await app.GetAsync("/me", token).ExpectError(401);

        await app.WithAsync<FlaskDb>(async db =>
        {
            (await db.People.SingleAsync(person => person.Id == 1)).DisabledAt = null;
            await db.SaveChangesAsync();
        });

        await app.GetAsync("/me", token).ExpectError(401);
        (await app.GetAsync("/me", app.Token(claims: [("sub", "2")]))).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Whoever_signs_out_is_signed_out_of_every_token_that_Flask_gave()
    {
        await using var app = await FlaskApp.StartAsync();
        var (token, refresh) = (app.Token(), app.Token("refresh"));
        (await app.SendAsync(HttpMethod.Post, "/logout", token)).EnsureSuccessStatusCode();

        await app.GetAsync("/me", token).ExpectError(401);
        await app.RefreshAsync(refresh).ExpectError(401);
        (await app.GetAsync("/me", app.Token(claims: [("sub", "2")]))).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Ending_all_sessions_ends_the_tokens_of_Flask_but_the_one_that_asks()
    {
        await using var app = await FlaskApp.StartAsync();
        var (other, refresh) = (app.Token(), app.Token("refresh"));
        await app.WithAsync<SessionManager>(sessions => sessions.EndAllAsync(1));

        await app.GetAsync("/me", other).ExpectError(401);
        await app.RefreshAsync(refresh).ExpectError(401);
    }

    [Fact]
    public async Task A_refresh_token_of_Flask_gives_a_pair_of_the_kit_each_time_it_is_sent()
    {
        await using var app = await FlaskApp.StartAsync();
        var refresh = app.Token("refresh");
        var first = await app.RefreshedAsync(new TokenPair("", refresh, 0));
        (await app.GetAsync("/me", first.AccessToken)).EnsureSuccessStatusCode();
        var second = await app.RefreshedAsync(new TokenPair("", refresh, 0));
        var third = await app.RefreshedAsync(second);

        (await app.GetAsync("/me", third.AccessToken)).EnsureSuccessStatusCode();
        Assert.Single(await app.WithAsync<SessionManager, IReadOnlyList<SessionInfo>>(sessions => sessions.ListAsync(1)));
        (await app.SendAsync(HttpMethod.Post, "/logout", third.AccessToken)).EnsureSuccessStatusCode();
        await app.RefreshAsync(refresh).ExpectError(401);
    }

    [Fact]
    public async Task An_access_token_of_Flask_is_no_refresh_token()
    {
        await using var app = await FlaskApp.StartAsync();

        await app.RefreshAsync(app.Token()).ExpectError(401);
    }
}
