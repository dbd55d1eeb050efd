namespace MyApi.Tests;

/// <summary>The guide's four tests, and its fixtures: an app and a client in one line, a clean database for each test.</summary>
public sealed class GuideTests
{
    [Fact]
    public async Task Register_success()
    {
        await using var app = await Api.StartAsync();
        var user = await app.Client.PostJson("/auth/register", new { username = "alice", email = "alice@example.com", password = "securepass123" }).Expect(201);

        Assert.Equal("alice@example.com", user.GetProperty("email").GetString());
        Assert.False(user.TryGetProperty("password", out _));
    }

    [Fact]
    public async Task Register_duplicate_email()
    {
        // The guide's password has four characters.
        await using var app = await Api.StartAsync(builder => builder.Configuration["PASSWORD_MIN_LENGTH"] = "4");
        var payload = new { username = "bob", email = "bob@test.com", password = "pass" };

        await app.Client.PostJson("/auth/register", payload).Expect(201);
        await app.Client.PostJson("/auth/register", payload).ExpectError(409, "email");
    }

    [Fact]
    public async Task Login_returns_tokens()
    {
        // The guide's password is one of the most common ones.
        await using var app = await Api.StartAsync(builder => builder.Configuration["PASSWORD_MIN_LENGTH"] = "4");
        await app.Client.PostJson("/auth/register", new { username = "carol", email = "carol@test.com", password = "mypassword" }).Expect(201);
        var tokens = await app.Client.PostJson("/auth/login", new { email = "carol@test.com", password = "mypassword" }).Expect(200);

        Assert.NotEmpty(tokens.GetProperty("access_token").GetString()!);
        Assert.NotEmpty(tokens.GetProperty("refresh_token").GetString()!);
    }

    [Fact]
    public async Task Protected_route_without_token()
    {
        await using var app = await Api.StartAsync();
        await app.Client.GetAsync("/auth/me").ExpectError(401);
    }
}
