using Carafe.Auth;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Auth;

public sealed class SessionTests
{
    [Fact]
    public async Task A_login_gives_a_pair_that_opens_what_is_closed()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        using var me = await app.GetAsync("/me", pair.AccessToken);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        Assert.Equal("alice", (string?)(await AuthApp.BodyAsync(me))["username"]);
    }

    [Fact]
    public async Task A_refresh_gives_a_new_pair_in_the_same_session()
    {
        await using var app = await AuthApp.StartAsync();
        var first = await app.LoginAsync();
        var second = await app.RefreshedAsync(first);
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", second.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", first.AccessToken)).StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_spent_refresh_token_ends_the_session(int spent)
    {
        await using var app = await AuthApp.StartAsync();
        var chain = new List<TokenPair> { await app.LoginAsync() };
        for (var i = 0; i < 3; i++)
        {
            chain.Add(await app.RefreshedAsync(chain[^1]));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(chain[spent].RefreshToken)).StatusCode);
        foreach (var pair in chain)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(pair.RefreshToken)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
        }
    }

    [Fact]
    public async Task Of_a_hundred_refreshes_at_once_one_wins_and_the_family_is_dead()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.RefreshAsync(pair.RefreshToken)));
        var won = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(99, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
        var successor = (await won.Content.ReadFromJsonAsync<TokenPair>(AuthApp.Json, TestContext.Current.CancellationToken))!;
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(successor.RefreshToken)).StatusCode);
    }

    [Fact]
    public async Task Within_the_grace_a_hundred_refreshes_at_once_get_the_same_successor()
    {
        await using var app = await AuthApp.StartAsync(auth => auth.RefreshGrace = TimeSpan.FromSeconds(10));
        var pair = await app.LoginAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.RefreshedAsync(pair)));
        var successor = Assert.Single(answers.Select(answer => answer.RefreshToken).Distinct());
        Assert.Equal(1,
            await app.WithAsync<AuthDb, int>(db => db.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS Value FROM sessions")
                .SingleAsync()));
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(successor)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(pair.RefreshToken)).StatusCode);
    }

    [Fact]
    public async Task Logout_ends_the_session_at_once()
    {
        await using var app = await AuthApp.StartAsync();
        var (mine, other) = (await app.LoginAsync(), await app.LoginAsync());
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", mine.AccessToken)).StatusCode);
        await app.SendAsync(HttpMethod.Post, "/logout", mine.AccessToken);
        using var after = await app.GetAsync("/me", mine.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        Assert.Equal("token_revoked", (string?)(await AuthApp.BodyAsync(after))["reason"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(mine.RefreshToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", other.AccessToken)).StatusCode);
    }

    [Theory]
    [InlineData("/logout-all", 0)]
    [InlineData("/logout-others", 1)]
    public async Task Ending_all_sessions_ends_all_but_the_one_to_keep(string path, int left)
    {
        await using var app = await AuthApp.StartAsync();
        var pairs = new[] { await app.LoginAsync(), await app.LoginAsync(), await app.LoginAsync() };
        foreach (var pair in pairs)
        {
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
        }

        await app.SendAsync(HttpMethod.Post, path, pairs[0].AccessToken);
        var alive = 0;
        foreach (var pair in pairs)
        {
            alive += (await app.GetAsync("/me", pair.AccessToken)).IsSuccessStatusCode ? 1 : 0;
        }

        Assert.Equal(left, alive);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("delete")]
    [InlineData("delete in bulk")]
    [InlineData("sql")]
    public async Task An_account_that_goes_takes_its_tokens_along_at_once(string how)
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
        await app.WithAsync<AuthDb, int>(async db =>
        {
            var alice = await db.People.SingleAsync(person => person.Username == "alice");
            switch (how)
            {
                case "disable":
                    alice.DisabledAt = app.Clock.GetUtcNow();
                    return await db.SaveChangesAsync();
                case "delete":
                    db.Remove(alice);
                    return await db.SaveChangesAsync();
                case "delete in bulk":
                    return await db.People.Where(person => person.Id == alice.Id).ExecuteDeleteAsync();
                default:
                    return await db.Database.ExecuteSqlAsync($"DELETE FROM People WHERE Id = {alice.Id}");
            }
        });
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(pair.RefreshToken)).StatusCode);
    }

    [Fact]
    public async Task A_demotion_counts_at_once()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync("root");
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/admin", pair.AccessToken)).StatusCode);
        await app.WithAsync<AuthDb, int>(db => db.People.Where(person => person.Username == "root")
            .ExecuteUpdateAsync(person => person.SetProperty(p => p.Role, Roles.User)));
        Assert.Equal(HttpStatusCode.Forbidden, (await app.GetAsync("/admin", pair.AccessToken)).StatusCode);
    }

    [Fact]
    public async Task A_session_ends_at_its_absolute_lifetime_however_often_it_is_refreshed()
    {
        await using var app = await AuthApp.StartAsync(auth => auth.SessionLifetime = TimeSpan.FromDays(3));
        var pair = await app.LoginAsync();
        for (var day = 0; day < 2; day++)
        {
            app.Clock.Advance(TimeSpan.FromHours(30));
            pair = await app.RefreshedAsync(pair);
        }

        app.Clock.Advance(TimeSpan.FromHours(13));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(pair.RefreshToken)).StatusCode);
    }
}
