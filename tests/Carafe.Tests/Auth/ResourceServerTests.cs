namespace Carafe.Tests.Auth;

public sealed class ResourceServerTests
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_service_that_knows_the_JWKS_alone_accepts_access_tokens_and_nothing_else(string algorithm)
    {
        // The sample runs on the real clock, as strangers do.
        await using var app = await AuthApp.StartAsync(
            settings: new() { ["JWT_ALGORITHM"] = algorithm, ["JWT_ISSUER"] = "https://api.example" },
            services: services => services.AddSingleton(TimeProvider.System));
        await using var resource = await TestApp.StartAsync(ResourceServer.Server.Create, builder =>
        {
            builder.Configuration.AddInMemoryCollection(
                [new("ISSUER", "https://api.example"), new("AUDIENCE", "https://api.example"), new("JWKS_URL", "http://localhost/.well-known/jwks.json")]);
            builder.Services.AddSingleton(app.Client);
        });
        var (pair, root) = (await app.LoginAsync(), await app.LoginAsync("root"));
        Assert.Equal(200, await AskAsync(resource, "/whoami", pair.AccessToken));
        Assert.Equal(403, await AskAsync(resource, "/admin", pair.AccessToken));
        Assert.Equal(200, await AskAsync(resource, "/admin", root.AccessToken));
        Assert.Equal(401, await AskAsync(resource, "/whoami", pair.RefreshToken));
        Assert.Equal(401, await AskAsync(resource, "/whoami", pair.AccessToken[..^4] + (pair.AccessToken[^4] == 'A' ? 'B' : 'A') + pair.AccessToken[^3..]));
    }

    private static async Task<int> AskAsync(TestApp resource, string path, string token) => (int)(await resource.GetAsync(path, token)).StatusCode;
}
