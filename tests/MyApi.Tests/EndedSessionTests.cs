using Microsoft.EntityFrameworkCore;
using MyApi.Users;

namespace MyApi.Tests;

/// <summary>Whatever ends the sessions of an account ends them for good.</summary>
public sealed class EndedSessionTests
{
    [Theory]
    [InlineData("user", "disable", "alice@example.com")]
    [InlineData("user", "logout", "alice@example.com")]
    [InlineData("user", "logout", "Alice")]
    public async Task A_command_ends_them_and_enabling_brings_none_back(params string[] command)
    {
        await using var app = await Api.StartAsync();
        var pair = await app.SignInAsync(await app.UserAsync("alice"));
        Assert.Equal(0, (await CommandTests.RunAsync(app, command)).Code);
        Assert.Equal(0, (await CommandTests.RunAsync(app, "user", "enable", "alice")).Code);
        await app.WithToken(pair.RefreshToken).PostAsync("/auth/refresh", null).ExpectError(401);
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        await app.WithToken(pair.AccessToken).GetAsync("/auth/me").ExpectError(401);
    }

    [Fact]
    public async Task Disabling_through_the_apps_own_context_ends_them_at_once()
    {
        await using var app = await Api.StartAsync();
        var (alice, bob) = (await app.UserAsync("alice"), await app.UserAsync("bob"));
        var (pair, other) = (await app.SignInAsync(alice), await app.SignInAsync(bob));
        await app.WithToken(pair.AccessToken).GetAsync("/auth/me").Expect(200);
        foreach (var disabled in (bool[])[true, false])
        {
            await app.WithAsync<AppDb>(async db =>
            {
                (await db.Users.SingleAsync(user => user.Id == alice.Id)).DisabledAt = disabled ? app.Clock.GetUtcNow() : null;
                await db.SaveChangesAsync();
            });
            await app.WithToken(pair.AccessToken).GetAsync("/auth/me").ExpectError(401);
            await app.WithToken(pair.RefreshToken).PostAsync("/auth/refresh", null).ExpectError(401);
        }

        await app.WithToken(other.RefreshToken).PostAsync("/auth/refresh", null).Expect(200);
    }

    [Fact]
    public async Task An_admin_ends_them_and_nobody_else_does()
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var pair = await app.SignInAsync(alice);
        await app.As(alice).DeleteAsync($"/users/{alice.Id}/sessions").ExpectError(403);
        await app.As(await app.UserAsync("bob")).DeleteAsync($"/users/{alice.Id}/sessions").ExpectError(403);
        var root = app.As(await app.AdminAsync());
        await root.DeleteAsync($"/users/{alice.Id}/sessions").Expect(204);
        await root.DeleteAsync("/users/4711/sessions").ExpectError(404);
        await app.WithToken(pair.AccessToken).GetAsync("/auth/me").ExpectError(401);
        await app.WithToken(pair.RefreshToken).PostAsync("/auth/refresh", null).ExpectError(401);
    }

    [Fact]
    public async Task Whoever_is_deleted_while_they_write_is_401()
    {
        foreach (var (method, path, body, type) in ((string, string, string, string)[])[
            ("POST", "/posts", """{"title":"t","body":"b"}""", "application/json"),
            ("PUT", "/files/a.txt", "text", "text/plain")])
        {
            await using var app = await Api.StartAsync();
            var alice = await app.UserAsync("alice");
            var client = app.As(alice);
            await client.GetAsync("/auth/me").Expect(200);
            // As another process does it: this one still takes the session for good.
            await DeleteElsewhereAsync(app, alice);
            var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, System.Text.Encoding.UTF8, type) };
            Assert.Equal("token_revoked", (await client.SendAsync(request).ExpectError(401)).Reason);
        }
    }

    private static async Task DeleteElsewhereAsync(TestApp app, User user)
    {
        await using var other = MyApp.Create(["--environment", "Testing"], builder => builder.Configuration.AddInMemoryCollection(
            [new("DATABASE_URL", app.Services.GetRequiredService<IConfiguration>()["DATABASE_URL"])]));
        await using var scope = other.Services.CreateAsyncScope();
        Assert.Equal(1, await scope.ServiceProvider.GetRequiredService<AppDb>().Users.Where(row => row.Id == user.Id).ExecuteDeleteAsync());
    }
}
