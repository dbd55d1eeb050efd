using Microsoft.EntityFrameworkCore;
using MyApi.Users;

namespace MyApi.Tests;

/// <summary>A name is one name, however it is typed, and some are nobody's.</summary>
public sealed class UsernameTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("Alice")]
    [InlineData("ALICE")]
    [InlineData("aLiCe")]
    public async Task A_name_is_taken_in_every_case_on_every_route(string name)
    {
        await using var app = await Api.StartAsync();
        await app.UserAsync("aLice");
        var bob = await app.UserAsync("bob");
        await app.Client.PostJson("/auth/register", new { username = name, email = "other@example.com", password = Api.Password }).ExpectError(409, "username");
        await app.As(await app.AdminAsync()).PostJson("/users", new { username = name, email = "other@example.com", password = Api.Password })
            .ExpectError(409, "username");
        await app.As(bob).PutAsJsonAsync($"/users/{bob.Id}", new { username = name }).ExpectError(409, "username");
    }

    [Fact]
    public async Task The_database_decides_where_nobody_has_asked_before()
    {
        await using var app = await Api.StartAsync();
        await app.UserAsync("alice");
        await Assert.ThrowsAnyAsync<DbUpdateException>(() => app.UserAsync("ALICE"));
        var names = Enumerable.Range(0, 8)
            .Select(i => string.Concat("wanda".Select((letter, at) => (i >> at & 1) == 1 ? char.ToUpperInvariant(letter) : letter)));
        var answers = await Task.WhenAll(
            names.Select((name, i) => app.Client.PostJson("/auth/register", new { username = name, email = $"w{i}@example.com", password = Api.Password })));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.All(answers, answer => Assert.True((int)answer.StatusCode is 201 or 409));
    }

    [Fact]
    public async Task One_may_change_the_case_of_ones_own_name()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        await app.As(alice).PutAsJsonAsync($"/users/{alice.Id}", new { username = "Alice" }).Expect(200);
        Assert.Equal("Alice", (await app.Client.GetAsync("/users/Alice").Expect(200)).GetProperty("username").GetString());
    }

    [Theory]
    [InlineData("profile")]
    [InlineData("Profile")]
    [InlineData("ADMIN")]
    [InlineData("support")]
    [InlineData("root")]
    [InlineData("no-reply")]
    public async Task A_reserved_name_is_409_on_every_route(string name)
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        await app.Client.RegisterAsync(name).ExpectError(409, "username");
        await app.As(await app.UserAsync("boss", Carafe.Auth.Roles.Admin))
            .PostJson("/users", new { username = name, email = "other@example.com", password = Api.Password }).ExpectError(409, "username");
        await app.As(alice).PutAsJsonAsync($"/users/{alice.Id}", new { username = name }).ExpectError(409, "username");
        Assert.Equal(0, await app.WithAsync<AppDb, int>(db => db.Users.CountAsync(user => user.Username == name)));
    }

    [Fact]
    public void The_key_follows_the_name()
    {
        var user = new User { Username = "Alice", Email = "a@example.com" };
        user.Username = "BOB";
        Assert.Equal("bob", user.UsernameKey);
    }
}
