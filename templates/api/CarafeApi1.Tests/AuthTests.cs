using System.Net.Http.Headers;

namespace ApiNamespace1.Tests;

public sealed class AuthTests
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Who_registers_can_sign_in_until_they_sign_out()
    {
        await using var app = await Api.StartAsync();
        await app.Client.PostJson("/auth/register", new { username = "ann", email = "Ann@example.com", password = Password }).Expect(201);
        var tokens = await app.Client.PostJson("/auth/login", new { email = "ann@example.com", password = Password }).Expect(200);
        app.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.GetProperty("access_token").GetString());

        Assert.Equal("ann", (await app.Client.GetAsync("/auth/me").Expect(200)).GetProperty("username").GetString());
        await app.Client.PostAsync("/auth/logout", null).Expect(204);
        await app.Client.GetAsync("/auth/me").ExpectError(401);
    }

    [Fact]
    public async Task An_address_has_one_account()
    {
        await using var app = await Api.StartAsync();
        await app.UserAsync("ann");

        await app.Client.PostJson("/auth/register", new { username = "other", email = "ANN@example.com", password = Password }).ExpectError(409, "email");
    }

    [Fact]
    public async Task A_name_has_one_account_in_whatever_case()
    {
        await using var app = await Api.StartAsync();
        await app.UserAsync("alice");

        await app.Client.PostJson("/auth/register", new { username = "ALICE", email = "other@example.com", password = Password }).ExpectError(409, "username");
    }

    [Fact]
    public async Task A_wrong_password_does_not_sign_in()
    {
        await using var app = await Api.StartAsync();
        await app.Client.PostJson("/auth/register", new { username = "ann", email = "ann@example.com", password = Password }).Expect(201);

        await app.Client.PostJson("/auth/login", new { email = "ann@example.com", password = "wrong horse battery" }).ExpectError(401);
    }
}
