using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Tests.Auth;

public sealed partial class TokenTests
{
    [Fact]
    public async Task Every_bad_token_is_401_in_the_one_shape_and_costs_no_more_than_a_good_one()
    {
        await using var app = await AuthApp.StartAsync();
        var (pair, other) = (await app.LoginAsync(), await app.LoginAsync("bob"));
        var forge = new Forge(app, pair);
        var counter = new CountingCrypto();
        forge.Keys.Access.Signing.Key.CryptoProviderFactory = counter;
        forge.Keys.Refresh.Signing.Key.CryptoProviderFactory = counter;

        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK,
            (await app.GetAsync("/me", forge.With(payload: "aud=[\"somebody\"," + forge.Payload["aud"]!.ToJsonString() + "]"))).StatusCode);
        Assert.Equal(2, counter.Verified);

        var corpus = TokenCorpus.All(forge, pair.RefreshToken, other.AccessToken).ToList();
        Assert.True(corpus.Count >= 200, $"The corpus has {corpus.Count} tokens.");
        var faults = new List<string>();
        foreach (var (fault, token) in corpus)
        {
            counter.Verified = 0;
            using var answer = await app.GetAsync("/me", token);
            if (await FaultAsync(answer) is { } wrong)
            {
                faults.Add($"{fault}: {wrong}");
            }

            if (counter.Verified > 1)
            {
                faults.Add($"{fault}: {counter.Verified} signatures verified");
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task No_access_token_refreshes_and_no_forged_one_either()
    {
        await using var app = await AuthApp.StartAsync();
        var (pair, other) = (await app.LoginAsync(), await app.LoginAsync("bob"));
        Assert.Null(await FaultAsync(await app.RefreshAsync(pair.AccessToken)));
        foreach (var (fault, token) in TokenCorpus.All(new Forge(app, pair), pair.AccessToken, other.AccessToken))
        {
            Assert.True(await FaultAsync(await app.RefreshAsync(token)) is null, fault);
        }

        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(pair.RefreshToken)).StatusCode);
    }

    [Theory]
    [InlineData("", "token_missing")]
    [InlineData("Basic YTpi", "token_missing")]
    [InlineData("Bearerx", "token_missing")]
    [InlineData("Bearer", "token_malformed")]
    [InlineData("Bearer ", "token_malformed")]
    [InlineData("Bearer a b", "token_malformed")]
    public async Task A_header_without_a_token_is_told_apart(string header, string reason)
    {
        await using var app = await AuthApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/me");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Equal(reason, (string?)(await AuthApp.BodyAsync(answer))["reason"]);
        Assert.Equal(reason == "token_missing", answer.Headers.WwwAuthenticate.ToString() == "Bearer");
    }

    [Theory]
    [InlineData("bearer {0}", 200)]
    [InlineData("BEARER   {0}", 200)]
    [InlineData("Bearer {0} ", 200)]
    public async Task The_scheme_is_read_without_case_and_a_revoked_token_finds_no_way_around(string format, int before)
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        async Task<int> Ask()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/me");
            request.Headers.TryAddWithoutValidation("Authorization",
                string.Format(System.Globalization.CultureInfo.InvariantCulture, format, pair.AccessToken));
            return (int)(await app.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode;
        }

        Assert.Equal(before, await Ask());
        await app.SendAsync(HttpMethod.Post, "/logout", pair.AccessToken);
        Assert.Equal(401, await Ask());
    }

    [Fact]
    public async Task Two_headers_are_one_too_many()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/me");
        request.Headers.TryAddWithoutValidation("Authorization", ["Bearer " + pair.AccessToken, "Bearer " + pair.AccessToken]);
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_token_in_the_query_is_no_token()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        Assert.Equal(401, (int)(await app.GetAsync($"/me?access_token={pair.AccessToken}&token={pair.AccessToken}")).StatusCode);
    }

    [Fact]
    public async Task Any_bytes_in_Authorization_are_401()
    {
        await using var app = await AuthApp.StartAsync();
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            var answer = await app.GetTestServer().SendAsync(
                context =>
                {
                    context.Request.Path = "/me";
                    context.Request.Headers.Authorization = (i % 2 == 0 ? "Bearer " : "") + Encoding.Latin1.GetString(bytes);
                },
                TestContext.Current.CancellationToken);
            Assert.Equal(401, answer.Response.StatusCode);
        }
    }

    [Fact]
    public async Task A_token_that_is_sent_again_is_not_verified_again_and_no_other_passes_for_it()
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        var forge = new Forge(app, pair);
        var counter = new CountingCrypto();
        forge.Keys.Access.Signing.Key.CryptoProviderFactory = counter;
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
        }

        Assert.Equal(1, counter.Verified);
        var signature = pair.AccessToken.LastIndexOf('.') + 1;
        var other = pair.AccessToken[..signature] + (pair.AccessToken[signature] == 'A' ? 'B' : 'A') + pair.AccessToken[(signature + 1)..];
        Assert.Null(await FaultAsync(await app.GetAsync("/me", other)));
        Assert.Equal(2, counter.Verified);
        app.Clock.Advance(TimeSpan.FromSeconds((15 * 60) + 11));
        using var late = await app.GetAsync("/me", pair.AccessToken);
        Assert.Equal("token_expired", (string?)(await AuthApp.BodyAsync(late))["reason"]);
    }

    [Theory]
    [InlineData(15 * 60 + 9, 200)]
    [InlineData(15 * 60 + 11, 401)]
    public async Task An_access_token_lives_a_quarter_of_an_hour_and_the_leeway(int seconds, int status)
    {
        await using var app = await AuthApp.StartAsync();
        var pair = await app.LoginAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(seconds));
        using var answer = await app.GetAsync("/me", pair.AccessToken);
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 401)
        {
            Assert.Equal("token_expired", (string?)(await AuthApp.BodyAsync(answer))["reason"]);
        }
    }

    [Fact]
    public async Task The_token_says_what_RFC_9068_asks_for()
    {
        await using var app = await AuthApp.StartAsync(settings: new() { ["JWT_ISSUER"] = "https://api.example", ["JWT_AUDIENCE"] = "example" });
        var forge = new Forge(app, await app.LoginAsync());
        Assert.Equal("at+jwt", (string?)forge.Header["typ"]);
        Assert.Equal("HS256", (string?)forge.Header["alg"]);
        Assert.Equal("https://api.example", (string?)forge.Payload["iss"]);
        Assert.Equal("example", (string?)forge.Payload["aud"]);
        Assert.Equal("1", (string?)forge.Payload["sub"]);
        Assert.Equal(15 * 60, (long)forge.Payload["exp"]! - (long)forge.Payload["iat"]!);
        Assert.Equal(["aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "nbf", "roles", "sid", "sub"],
            forge.Payload.Select(claim => claim.Key).Order());
    }

    [Fact]
    public async Task A_fallback_secret_verifies_and_never_signs()
    {
        var (old, next) = (new string('a', 20) + new string('b', 20), new string('c', 20) + new string('d', 20));
        await using var before = await AuthApp.StartAsync(settings: new() { ["JWT_SECRET_KEY"] = old });
        await using var after = await AuthApp.StartAsync(settings: new() { ["JWT_SECRET_KEY"] = next, ["JWT_SECRET_KEY_FALLBACKS"] = old });
        var (aged, fresh) = (new Forge(before, await before.LoginAsync()), new Forge(after, await after.LoginAsync()));
        Assert.Equal(HttpStatusCode.OK, (await after.GetAsync("/me", fresh.Token)).StatusCode);
        var carried = aged.With(payload: $"sid={fresh.Payload["sid"]!.ToJsonString()}");
        Assert.Equal(HttpStatusCode.OK, (await after.GetAsync("/me", carried)).StatusCode);
        Assert.NotEqual((string?)aged.Header["kid"], (string?)fresh.Header["kid"]);
    }

    [Fact]
    public async Task Starting_writes_no_keys_to_the_home_folder()
    {
        await using var app = await AuthApp.StartAsync();
        Assert.DoesNotContain(app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>(),
            service => service.GetType().Name.Contains("DataProtection", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answers_that_carry_tokens_are_not_stored()
    {
        await using var app = await AuthApp.StartAsync();
        using var login = await app.SendAsync(HttpMethod.Post, "/login/alice");
        Assert.Equal("no-store", login.Headers.CacheControl!.ToString());
    }

    private static async Task<string?> FaultAsync(HttpResponseMessage answer)
    {
        if (answer.StatusCode != HttpStatusCode.Unauthorized)
        {
            return $"status {(int)answer.StatusCode}";
        }

        var body = await AuthApp.BodyAsync(answer);
        return !answer.Headers.WwwAuthenticate.ToString().StartsWith("Bearer error=\"invalid_token\", error_description=\"", StringComparison.Ordinal)
            ? $"challenge {answer.Headers.WwwAuthenticate}"
            : (string?)body["error"] != "Unauthorized" || (int?)body["status"] != 401
            || !((string?)body["reason"])!.StartsWith("token_", StringComparison.Ordinal) ? body.ToJsonString()
            : null;
    }

    private sealed class CountingCrypto : CryptoProviderFactory
    {
        public int Verified { get; set; }

        public override SignatureProvider CreateForVerifying(SecurityKey key, string algorithm, bool cacheProvider)
        {
            Verified++;
            return base.CreateForVerifying(key, algorithm, cacheProvider);
        }
    }
}
