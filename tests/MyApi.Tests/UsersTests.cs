using System.Text.Json;
using Carafe.Auth;
using Microsoft.EntityFrameworkCore;
using MyApi.Users;

namespace MyApi.Tests;

public sealed class UsersTests
{
    [Fact]
    public async Task Users_are_listed_newest_first_in_pages()
    {
        await using var app = await Api.StartAsync();
        foreach (var name in new[] { "first", "second", "third" })
        {
            await app.UserAsync(name);
            app.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var page = await app.Client.GetAsync("/users?page=1&limit=2").Expect(200);

        Assert.Equal(["third", "second"], Names(page));
        Assert.Equal((3, 1, 2), (page.GetProperty("total").GetInt32(), page.GetProperty("page").GetInt32(), page.GetProperty("pages").GetInt32()));
        Assert.Equal(["first"], Names(await app.Client.GetAsync("/users?page=2&limit=2").Expect(200)));
        Assert.Empty(Names(await app.Client.GetAsync("/users?page=9&limit=2").Expect(200)));
    }

    [Fact]
    public async Task Users_made_at_the_same_instant_are_each_listed_once()
    {
        await using var app = await Api.StartAsync();
        for (var i = 0; i < 7; i++)
        {
            await app.UserAsync($"user{i}");
        }

        var seen = new List<string>();
        for (var page = 1; page <= 4; page++)
        {
            seen.AddRange(Names(await app.Client.GetAsync($"/users?page={page}&limit=2").Expect(200)));
        }

        Assert.Equal(7, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("page=-1", "page")]
    [InlineData("page=abc", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=1e2", "limit")]
    [InlineData("page=1&page=2", "page")]
    [InlineData("after=nonsense", "after")]
    [InlineData("sort=password_hash", "sort")]
    [InlineData("sort=id;drop%20table%20users", "sort")]
    [InlineData("role=admin", "role")]
    [InlineData("per_page=5", "per_page")]
    public async Task A_bad_page_is_refused_by_name(string query, string parameter)
    {
        await using var app = await Api.StartAsync();
        await app.Client.GetAsync($"/users?{query}").ExpectError(400, parameter);
    }

    [Fact]
    public async Task An_email_address_is_shown_to_its_user_and_to_admins_only()
    {
        await using var app = await Api.StartAsync();
        var (alice, bob, root) = (await app.UserAsync("alice"), await app.UserAsync("bob"), await app.AdminAsync());

        Assert.Equal("alice@example.com", Email(await app.As(alice).GetAsync($"/users/{alice.Id}").Expect(200)));
        Assert.Equal("alice@example.com", Email(await app.As(root).GetAsync($"/users/{alice.Id}").Expect(200)));
        Assert.Null(Email(await app.As(bob).GetAsync($"/users/{alice.Id}").Expect(200)));
        Assert.Null(Email(await app.Client.GetAsync("/users/alice").Expect(200)));
        Assert.All((await app.Client.GetAsync("/users").Expect(200)).GetProperty("users").EnumerateArray(), user => Assert.Null(Email(user)));
        Assert.Equal(["alice@example.com"], (await app.As(alice).GetAsync("/users").Expect(200)).GetProperty("users").EnumerateArray().Select(Email)
            .OfType<string>());
    }

    [Fact]
    public async Task A_user_is_found_by_id_and_by_name_and_a_missing_one_is_named()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");

        Assert.Equal(alice.Id, (await app.Client.GetAsync("/users/alice").Expect(200)).GetProperty("id").GetInt32());
        Assert.Equal("User 4242 not found", (await app.Client.GetAsync("/users/4242").ExpectError(404)).Message);
        await app.Client.GetAsync("/users/nobody").ExpectError(404);
        await app.Client.GetAsync("/users/99999999999999999999").ExpectError(404);
    }

    [Fact]
    public async Task A_change_keeps_what_is_absent()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var changed = await app.As(alice).PutJson($"/users/{alice.Id}", new { username = "alicia" }).Expect(200);

        Assert.Equal(("alicia", "alice@example.com"), (changed.GetProperty("username").GetString(), Email(changed)));
    }

    [Theory]
    [InlineData("""{"role":"admin"}""", "role")]
    [InlineData("""{"id":1}""", "id")]
    [InlineData("""{"password_hash":"x"}""", "password_hash")]
    [InlineData("""{"created_at":"2020-01-01T00:00:00Z"}""", "created_at")]
    [InlineData("""{"email":"nope"}""", "email")]
    [InlineData("""{"email":5}""", "email")]
    [InlineData("""{"username":""}""", "username")]
    public async Task Nothing_else_about_a_user_can_be_assigned(string body, string member)
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        await app.As(alice).PutAsync($"/users/{alice.Id}", new StringContent(body, System.Text.Encoding.UTF8, "application/json")).ExpectError(400, member);

        var user = await app.As(alice).GetAsync("/auth/me").Expect(200);
        Assert.Equal(("alice", "alice@example.com"), (user.GetProperty("username").GetString(), Email(user)));
    }

    [Theory]
    [InlineData("username", "bob")]
    [InlineData("email", "bob@example.com")]
    [InlineData("email", "BOB@example.com")]
    public async Task A_taken_name_or_address_is_a_conflict_that_names_it(string member, string value)
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        await app.UserAsync("bob");

        await app.As(alice).PutJson($"/users/{alice.Id}", new Dictionary<string, string> { [member] = value }).ExpectError(409, member);
    }

    [Fact]
    public async Task Deleting_a_user_deletes_what_they_wrote()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var post = await app.PostAsync(alice);
        await app.As(alice).PutAsync("/files/mine.txt", new StringContent("mine")).Expect(201);

        await app.As(alice).DeleteAsync($"/users/{alice.Id}").Expect(204);

        await app.Client.GetAsync($"/users/{alice.Id}").ExpectError(404);
        await app.Client.GetAsync($"/posts/{post.Id}").ExpectError(404);
        await app.Client.GetAsync("/files/mine.txt").ExpectError(404);
    }

    [Fact]
    public async Task A_deleted_user_is_signed_out_at_once()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var client = app.As(alice);

        await client.DeleteAsync($"/users/{alice.Id}").Expect(204);

        await client.GetAsync("/auth/me").ExpectError(401);
    }

    [Fact]
    public async Task A_login_that_verified_the_old_password_ends_when_the_password_changes_meanwhile()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        var verified = await app.WithAsync<AppDb, User>(db => db.Users.AsNoTracking().SingleAsync());
        await app.As(verified).PostJson("/auth/password", new { current_password = Api.Password, new_password = "another battery staple" }).Expect(204);

        var refused = await Assert.ThrowsAsync<AbortException>(() => app.SignInAsync(verified));

        Assert.Equal(401, refused.Error.Status);
        Assert.Equal(1, await app.WithAsync<SessionManager, int>(async sessions => (await sessions.ListAsync(verified.Id)).Count));
    }

    [Fact]
    public async Task Posts_of_a_user_are_theirs_alone()
    {
        await using var app = await Api.StartAsync();
        var (alice, bob) = (await app.UserAsync("alice"), await app.UserAsync("bob"));
        var (hers, his) = (await app.PostAsync(alice), await app.PostAsync(bob));

        var list = await app.Client.GetAsync($"/users/{alice.Id}/posts").Expect(200);
        Assert.Equal([hers.Id], list.GetProperty("posts").EnumerateArray().Select(post => post.GetProperty("id").GetInt32()));
        await app.Client.GetAsync($"/users/{alice.Id}/posts/{hers.Id}").Expect(200);
        await app.Client.GetAsync($"/users/{alice.Id}/posts/{his.Id}").ExpectError(404);
        await app.Client.GetAsync("/users/4242/posts").ExpectError(404);
    }

    private static string[] Names(JsonElement page) =>
        [.. page.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("username").GetString()!)];

    private static string? Email(JsonElement user) => user.TryGetProperty("email", out var email) ? email.GetString() : null;
}
