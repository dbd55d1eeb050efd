using System.Text.Json.Nodes;
using Carafe.Auth;
using Carafe.OpenApi;
using Carafe.Tests.Auth;
using Carafe.Tests.OpenApi;

namespace Carafe.Tests.Wires;

public sealed class TokenWireTests
{
    public static TheoryData<string, string, string, string> Wires => new()
    {
        { "Bearer", "Authorization", "Authorization", "Bearer {0}" },
        { "Token", "Authorization", "Authorization", "Token {0}" },
        { "Bearer", "X-Auth-Token", "X-Auth-Token", "{0}" },
    };

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task A_token_is_taken_as_the_app_says_and_in_no_other_way(string scheme, string header, string name, string value)
    {
        await using var app = await StartAsync(auth => (auth.TokenScheme, auth.TokenHeader) = (scheme, header));
        var pair = await app.LoginAsync();
        Assert.Equal(scheme, pair.TokenType);
        foreach (var (_, _, otherName, otherValue) in Wires.Select(row => row.Data))
        {
            var answer = await app.SendAsync("GET", "/echo", (string?)null,
                headers: (otherName, string.Format(null, otherValue, pair.AccessToken)));
            Assert.Equal(otherName == name && otherValue == value ? 200 : 401, answer.Status);
        }

        var refused = (await app.SendAsync("GET", "/echo", (string?)null)).IsError(401);
        Assert.Equal((scheme, $"Send an access token: {name}: {string.Format(null, value, "<token>")}."),
            (refused.Headers["WWW-Authenticate"], refused.Message));
        var bad = await app.SendAsync("GET", "/echo", (string?)null, headers: (name, string.Format(null, value, "a.b.c")));
        Assert.StartsWith(scheme + " error=\"invalid_token\"", bad.IsError(401).Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Contains(name, bad.Headers["Vary"].Split(", "));
        var document = await DocumentAsync(app);
        Assert.Equal(scheme == "Bearer" && header == "Authorization" ? "http" : "apiKey", document.At("components/securitySchemes/bearer/type"));
        Assert.Equal(scheme, document.At("components/responses/Unauthorized/headers/WWW-Authenticate/example"));
        if (header != "Authorization" || scheme != "Bearer")
        {
            Assert.Equal(name, document.At("components/securitySchemes/bearer/name"));
        }
    }

    [Fact]
    public async Task The_tests_clients_send_what_the_app_takes_and_a_handler_can_echo_it()
    {
        await using var app = await StartAsync(auth => auth.TokenScheme = "Token");
        var alice = await app.WithAsync<AuthDb, Person>(db => Task.FromResult(db.People.Single(person => person.Username == "alice")));
        var token = await app.TokenAsync(alice);
        Assert.Equal(token, (await app.WithToken(token).GetAsync("/echo", TestContext.Current.CancellationToken).Expect(200)).GetString());
        await app.As(alice).GetAsync("/echo", TestContext.Current.CancellationToken).Expect(200);
    }

    [Theory]
    [InlineData("To ken", "Authorization")]
    [InlineData("", "Authorization")]
    [InlineData("Bearer", "Cookie")]
    [InlineData("Bearer", "X Token")]
    public async Task What_is_no_scheme_and_no_header_stops_the_start(string scheme, string header)
    {
        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(auth => (auth.TokenScheme, auth.TokenHeader) = (scheme, header)));
        Assert.Contains(scheme == "Bearer" ? "TOKEN_HEADER" : "TOKEN_SCHEME", fault.Message, StringComparison.Ordinal);
    }

    internal static Task<TestApp> StartAsync(
        Action<AuthOptions>? auth = null, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null) =>
        AuthApp.StartAsync(
            auth,
            services: all =>
            {
                all.AddOpenApi(options => options.AddCarafeConventions());
                all.AddDocs();
                services?.Invoke(all);
            },
            map: app =>
            {
                app.MapDocs().AllowAnonymous();
                app.MapGet("/echo", (CurrentUser me) => TypedResults.Ok(me.Token));
                map?.Invoke(app);
            });

    internal static async Task<JsonNode> DocumentAsync(TestApp app) =>
        JsonNode.Parse((await app.Client.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken).Expect(200)).GetRawText())!;
}
