using System.Diagnostics;
using Carafe.Auth;

namespace MyApi.Tests;

/// <summary>The auth blueprint as API.md has it. The kit's own tests have the forged tokens.</summary>
public sealed class AuthTests
{
    [Fact]
    public async Task Register_answers_the_user_and_nothing_secret()
    {
        await using var app = await Api.StartAsync();
        using var answer = await app.Client.RegisterAsync("alice");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("/users/1", answer.Headers.Location!.ToString());
        var user = await Task.FromResult(answer).Expect(201);
        Assert.Equal(["created_at", "email", "id", "username"], user.EnumerateObject().Select(member => member.Name).Order());
    }

    [Theory]
    [InlineData("alice2", "alice@example.com", "email")]
    [InlineData("alice2", "ALICE@Example.com", "email")]
    [InlineData("alice", "other@example.com", "username")]
    public async Task What_is_taken_is_409_and_named(string username, string email, string member)
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        await app.Client.PostJson("/auth/register", new { username, email, password = Api.Password }).ExpectError(409, member);
    }

    [Theory]
    [InlineData("short", 422)]
    [InlineData("password1", 422)]
    [InlineData("my alice!", 422)]
    [InlineData("", 400)]
    [InlineData(null, 400)]
    public async Task A_password_that_will_not_do_is_refused(string? password, int status)
    {
        await using var app = await Api.StartAsync();
        await app.Client.PostJson("/auth/register", new { username = "alice", email = "alice@example.com", password }).ExpectError(status, "password");
    }

    [Fact]
    public async Task Every_broken_rule_comes_at_once_and_no_password_comes_back()
    {
        await using var app = await Api.StartAsync();
        var error = await app.Client.PostJson("/auth/register",
            new { username = "1", email = "a@b", password = new string('s', 2000), role = "admin", is_admin = true }).ExpectError(400);
        Assert.Equal(["email", "is_admin", "password", "role", "username"], error.Errors!.Keys.Order());
        Assert.DoesNotContain("sss", System.Text.Json.JsonSerializer.Serialize(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_life_of_a_session()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        var pair = await LoginAsync(app, "Alice@Example.com");
        var client = app.WithToken(pair.AccessToken);
        Assert.Equal("alice@example.com", (await client.GetAsync("/auth/me").Expect(200)).GetProperty("email").GetString());
        await app.WithToken(pair.RefreshToken).GetAsync("/auth/me").ExpectError(401);
        await client.PostAsync("/auth/refresh", null).ExpectError(401);

        var next = await app.WithToken(pair.RefreshToken).PostAsync("/auth/refresh", null).Expect<TokenPair>(200);
        var other = await LoginAsync(app, "alice@example.com");
        var sessions = (await client.GetAsync("/auth/sessions").Expect(200)).GetProperty("sessions").EnumerateArray().ToList();
        Assert.Equal(2, sessions.Count);
        var theirs = Assert.Single(sessions, session => !session.GetProperty("current").GetBoolean()).GetProperty("id").GetGuid();
        await client.DeleteAsync($"/auth/sessions/{theirs}").Expect(204);
        await client.DeleteAsync($"/auth/sessions/{theirs}").ExpectError(404);
        await app.WithToken(other.AccessToken).GetAsync("/auth/me").ExpectError(401);

        await app.WithToken(next.AccessToken).PostAsync("/auth/logout", null).Expect(204);
        await client.GetAsync("/auth/me").ExpectError(401);
        await app.WithToken(next.RefreshToken).PostAsync("/auth/refresh", null).ExpectError(401);
    }

    [Fact]
    public async Task Nobody_ends_somebody_elses_session()
    {
        await using var app = await Api.StartAsync();
        var (alice, bob) = (await app.UserAsync("alice"), await app.UserAsync("bob"));
        var client = app.As(alice);
        var id = (await client.GetAsync("/auth/sessions").Expect(200)).GetProperty("sessions")[0].GetProperty("id").GetGuid();
        await app.As(bob).DeleteAsync($"/auth/sessions/{id}").ExpectError(404);
        await client.GetAsync("/auth/me").Expect(200);
    }

    [Fact]
    public async Task Of_many_refreshes_at_once_one_wins()
    {
        await using var app = await Api.StartAsync();
        var pair = await app.SignInAsync(await app.UserAsync("alice"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => app.WithToken(pair.RefreshToken).PostAsync("/auth/refresh", null)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(29, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
        await app.WithToken(pair.AccessToken).GetAsync("/auth/me").ExpectError(401);
    }

    [Fact]
    public async Task Logout_all_and_a_new_password_end_what_they_say()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        var (one, two) = (await LoginAsync(app, "alice@example.com"), await LoginAsync(app, "alice@example.com"));
        var client = app.WithToken(one.AccessToken);
        await client.PostJson("/auth/password", new { current_password = "wrong", new_password = "another good one" }).ExpectError(401);
        await client.PostJson("/auth/password", new { current_password = Api.Password, new_password = "short" }).ExpectError(422, "new_password");
        await client.PostJson("/auth/password", new { current_password = Api.Password, new_password = "another good one" }).Expect(204);
        await client.GetAsync("/auth/me").Expect(200);
        await app.WithToken(two.AccessToken).GetAsync("/auth/me").ExpectError(401);
        await client.PostAsync("/auth/logout-all", null).Expect(204);
        await client.GetAsync("/auth/me").ExpectError(401);
    }

    [Fact]
    public async Task An_address_changes_only_with_the_password()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        var client = app.WithToken((await LoginAsync(app, "alice@example.com")).AccessToken);
        await client.PostJson("/auth/email", new { current_password = "wrong", new_email = "a@example.com" }).ExpectError(401);
        await client.PostJson("/auth/email", new { current_password = Api.Password, new_email = "A@example.com" }).Expect(200);
        await LoginAsync(app, "a@example.com");
    }

    [Fact]
    public async Task An_account_takes_its_data_along_and_goes()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        await app.PostAsync(alice, "Mine");
        await app.PostAsync(await app.UserAsync("bob"), "Theirs");
        var client = app.As(alice);
        await client.PutAsync("/files/a.txt", new StringContent("text")).Expect(201);
        var export = await client.GetAsync("/auth/export").Expect(200);
        Assert.Equal("alice@example.com", export.GetProperty("user").GetProperty("email").GetString());
        Assert.Equal("Mine", Assert.Single(export.GetProperty("posts").EnumerateArray()).GetProperty("title").GetString());
        Assert.Equal("a.txt", Assert.Single(export.GetProperty("files").EnumerateArray()).GetProperty("path").GetString());
        Assert.Equal(1, export.GetProperty("sessions").GetArrayLength());
        Assert.DoesNotContain("hash", export.GetRawText(), StringComparison.OrdinalIgnoreCase);

        await client.DeleteAsync("/auth/me").Expect(204);
        await client.GetAsync("/auth/me").ExpectError(401);
    }

    [Fact]
    public async Task A_deletion_needs_a_recent_login()
    {
        await using var app = await Api.StartAsync();
        var pair = await app.SignInAsync(await app.UserAsync("alice"));
        app.Clock.Advance(TimeSpan.FromMinutes(14));
        pair = await app.WithToken(pair.RefreshToken).PostAsync("/auth/refresh", null).Expect<TokenPair>(200);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("token_stale", (await app.WithToken(pair.AccessToken).DeleteAsync("/auth/me").ExpectError(401)).Reason);
    }

    [Fact]
    public async Task Each_bad_token_is_401_with_its_reason_and_no_door_opens()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        await app.WithToken(await app.TokenAsync(alice)).GetAsync("/auth/me").Expect(200);
        await app.WithToken(await app.TokenAsync(alice, claims => claims["note"] = "signed anew")).GetAsync("/auth/me").Expect(200);
        foreach (var (token, reason) in ((string, string)[])[
            (await app.ExpiredTokenAsync(alice), "token_expired"),
            (await app.RevokedTokenAsync(alice), "token_revoked"),
            (await app.ForgedTokenAsync(alice), "token_invalid"),
            (await app.TokenAsync(alice, claims => claims["aud"] = "somebody else"), "token_invalid"),
            ((await app.SignInAsync(alice)).RefreshToken, "token_invalid")])
        {
            Assert.Equal(reason, (await app.WithToken(token).GetAsync("/auth/me").ExpectError(401)).Reason);
            Assert.Equal(reason, (await app.WithToken(token).DeleteAsync("/auth/me").ExpectError(401)).Reason);
        }
    }

    [Fact]
    public async Task Guessing_is_slowed_down()
    {
        await using var app = await Api.StartAsync(builder => builder.Configuration["RATELIMIT_ENABLED"] = "true");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(401, await GuessAsync());
        }

        Assert.Equal(429, await GuessAsync());

        // On a machine without a free processor a store that is a server is not always heard in time, and nothing is counted.
        async Task<int> GuessAsync()
        {
            for (var patience = Stopwatch.StartNew(); ;)
            {
                using var response = await app.Client.PostJson("/auth/login", new { email = "nobody@example.com", password = "wrong" });
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable || patience.Elapsed > TimeSpan.FromSeconds(60))
                {
                    return (int)response.StatusCode;
                }
            }
        }
    }

    private static Task<TokenPair> LoginAsync(TestApp app, string email) =>
        app.Client.PostJson("/auth/login", new { email, password = Api.Password }).Expect<TokenPair>(200);
}
