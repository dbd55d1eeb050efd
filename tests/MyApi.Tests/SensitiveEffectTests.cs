using Carafe.Auth;
using Microsoft.AspNetCore.Routing;
using MyApi.Users;

namespace MyApi.Tests;

/// <summary>What may be done to one's own account only shortly after signing in, or with the password: on every route that does it.</summary>
public sealed class SensitiveEffectTests
{
    private static readonly string[] Methods = ["POST", "PUT", "PATCH", "DELETE"];

    // Every route that has the effect; {me} is the caller. With the password in the body no recent sign-in is needed.
    private static readonly Dictionary<string, (string Method, string Path, string? Body, bool Password)[]> Routes = new()
    {
        ["the address changes"] =
        [
            ("POST", "/auth/email", """{"current_password":"wrong","new_email":"new@example.com"}""", true),
            ("PUT", "/users/{me}", """{"email":"new@example.com"}""", false),
            ("PUT", "/users/{me}", """{"email":"New@example.com","username":"another"}""", false),
        ],
        ["the account goes"] = [("DELETE", "/auth/me", null, false), ("DELETE", "/users/{me}", null, false)],
        ["the password changes"] = [("POST", "/auth/password", """{"current_password":"wrong","new_password":"another good one"}""", true)],
    };

    public static TheoryData<string, string> All() => [.. Routes.SelectMany(effect => effect.Value.Select((_, at) => (effect.Key, $"{at}")))];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Each_route_to_an_effect_asks_for_a_recent_sign_in_or_the_password(string effect, string at)
    {
        var (method, path, body, password) = Routes[effect][int.Parse(at, System.Globalization.CultureInfo.InvariantCulture)];
        foreach (var role in (string[])[Roles.User, Roles.Admin])
        {
            await using var app = await Api.StartAsync();
            var alice = await app.UserAsync("alice", role);
            var client = await AgedAsync(app, alice, TimeSpan.FromMinutes(16));
            var before = await client.GetAsync("/auth/me").Expect(200);
            var error = await client.SendAsync(Request(method, path.Replace("{me}", $"{alice.Id}", StringComparison.Ordinal), body)).ExpectError(401);
            Assert.Equal(password ? "invalid_credentials" : "token_stale", error.Reason);
            Assert.Equal(before.GetRawText(), (await client.GetAsync("/auth/me").Expect(200)).GetRawText());
        }
    }

    [Theory]
    [InlineData("PUT", "/users/{me}", """{"email":"new@example.com"}""", 200)]
    [InlineData("DELETE", "/users/{me}", null, 204)]
    [InlineData("DELETE", "/auth/me", null, 204)]
    public async Task A_recent_sign_in_is_enough(string method, string path, string? body, int status)
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var client = await AgedAsync(app, alice, TimeSpan.FromMinutes(14));
        await client.SendAsync(Request(method, path.Replace("{me}", $"{alice.Id}", StringComparison.Ordinal), body)).Expect(status);
    }

    [Theory]
    [InlineData("""{"username":"renamed"}""")]
    [InlineData("""{"email":"ALICE@example.com"}""")]
    [InlineData("{}")]
    public async Task What_changes_no_address_needs_no_recent_sign_in(string body)
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        var client = await AgedAsync(app, alice, TimeSpan.FromMinutes(16));
        await client.SendAsync(Request("PUT", $"/users/{alice.Id}", body)).Expect(200);
    }

    [Fact]
    public async Task An_admin_acts_on_others_at_any_time()
    {
        await using var app = await Api.StartAsync();
        var (alice, root) = (await app.UserAsync("alice"), await app.AdminAsync());
        var client = await AgedAsync(app, root, TimeSpan.FromMinutes(60));
        await client.SendAsync(Request("PUT", $"/users/{alice.Id}", """{"email":"new@example.com"}""")).Expect(200);
        await client.DeleteAsync($"/users/{alice.Id}").Expect(204);
    }

    // A new route that writes to accounts is looked at here, or this fails.
    [Fact]
    public async Task Every_route_that_writes_to_an_account_was_looked_at()
    {
        await using var app = await Api.StartAsync();
        var writes = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Where(Methods.Contains)
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"))
            .Where(route => route.Contains(" /auth", StringComparison.Ordinal) || route.Contains(" /users", StringComparison.Ordinal));
        Assert.Equal(
            [
                "DELETE /auth/me", "DELETE /auth/sessions/{id:guid}", "DELETE /users/{id:int}", "DELETE /users/{id:int}/sessions", "POST /auth/email",
                "POST /auth/email/restore",
                "POST /auth/forgot", "POST /auth/login", "POST /auth/logout",
                "POST /auth/logout-all", "POST /auth/password", "POST /auth/refresh", "POST /auth/register",
                // A mailed code stands in for the sign-in; so it does for /email/restore.
                "POST /auth/reset", "POST /auth/verify", "POST /auth/verify/resend", "POST /users/", "PUT /users/{id:int}",
            ],
            writes.Order(StringComparer.Ordinal));
    }

    // A session of that age: its access token is new, its sign-in is not.
    private static async Task<HttpClient> AgedAsync(TestApp app, User user, TimeSpan age)
    {
        var pair = await app.SignInAsync(user);
        app.Clock.Advance(age);
        return app.WithToken((await app.WithToken(pair.RefreshToken).PostAsync("/auth/refresh", null).Expect<TokenPair>(200)).AccessToken);
    }

    private static HttpRequestMessage Request(string method, string path, string? body) =>
        new(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
}
