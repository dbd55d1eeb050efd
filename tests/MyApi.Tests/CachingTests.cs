namespace MyApi.Tests;

/// <summary>What caches may do with an answer.</summary>
public sealed class CachingTests
{
    [Theory]
    [InlineData("/auth/me", true, "no-cache, private")]
    [InlineData("/auth/sessions", true, "no-cache, private")]
    [InlineData("/users", true, "no-cache, private")]
    [InlineData("/users/1", true, "no-cache, private")]
    [InlineData("/posts/1", true, "no-cache, private")]
    [InlineData("/users", false, "no-cache")]
    [InlineData("/posts", false, "no-cache")]
    [InlineData("/posts/1", false, "no-cache")]
    [InlineData("/files/a.txt", false, "no-cache")]
    [InlineData("/auth/me", false, "no-store")]
    [InlineData("/posts/99", true, "no-store, no-cache")]
    [InlineData("/auth/export", true, "no-store")]
    public async Task No_cache_keeps_what_is_somebodys_own_and_none_guesses_how_long_anything_stays_true(string path, bool signedIn, string expected)
    {
        await using var app = await Api.StartAsync();
        var alice = await app.UserAsync("alice");
        await app.PostAsync(alice);
        await app.As(alice).PutAsync("/files/a.txt", new StringContent("text")).Expect(201);
        using var answer = await (signedIn ? app.As(alice) : app.Client).GetAsync(path);

        Assert.Equal(expected, answer.Headers.CacheControl?.ToString());
        Assert.True(answer.Headers.CacheControl is { Private: true } or { NoStore: true } || !signedIn);
    }

    [Fact]
    public async Task Tokens_are_kept_by_nobody()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        using var login = await app.Client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password });
        var pair = await Task.FromResult(login).Expect<Carafe.Auth.TokenPair>(200);
        using var refresh = await app.WithToken(pair.RefreshToken).PostAsync("/auth/refresh", null);

        Assert.Equal("no-store", login.Headers.CacheControl?.ToString());
        Assert.Equal("no-store", refresh.Headers.CacheControl?.ToString());
    }
}
