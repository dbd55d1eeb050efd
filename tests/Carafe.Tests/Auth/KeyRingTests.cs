using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carafe.Auth;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Tests.Auth;

public sealed partial class KeyRingTests
{
    [Theory]
    [InlineData("ES256", "EC")]
    [InlineData("RS256", "RSA")]
    public async Task The_ring_signs_and_publishes_only_public_keys(string algorithm, string type)
    {
        await using var app = await StartAsync(algorithm);
        var pair = await app.LoginAsync();
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(pair.RefreshToken)).StatusCode);

        using var answer = await app.GetAsync("/.well-known/jwks.json");
        var key = Assert.Single((await AuthApp.BodyAsync(answer))["keys"]!.AsArray())!.AsObject();
        Assert.Equal(type, (string?)key["kty"]);
        Assert.Equal(algorithm, (string?)key["alg"]);
        Assert.Equal(HeaderOf(pair.AccessToken)["kid"]!.GetValue<string>(), (string?)key["kid"]);
        Assert.Empty(key.Select(member => member.Key).Intersect(["d", "p", "q", "dp", "dq", "qi", "k"]));
    }

    [Fact]
    public async Task There_is_no_JWKS_for_a_shared_secret()
    {
        await using var app = await AuthApp.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("/.well-known/jwks.json")).StatusCode);
    }

    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_an_old_one_verifies_until_it_is_retired()
    {
        await using var app = await StartAsync("ES256");
        var before = await app.LoginAsync();
        var ring = app.Services.GetRequiredService<KeyRing>();
        var next = ring.Rotate(TimeSpan.FromHours(1));
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        using var published = await app.GetAsync("/.well-known/jwks.json");
        Assert.Equal(2, (await AuthApp.BodyAsync(published))["keys"]!.AsArray().Count);
        Assert.NotEqual(next.Id, (string?)HeaderOf((await app.LoginAsync()).AccessToken)["kid"]);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", before.AccessToken)).StatusCode);

        app.Clock.Advance(TimeSpan.FromHours(1));
        var after = await app.LoginAsync();
        Assert.Equal(next.Id, (string?)HeaderOf(after.AccessToken)["kid"]);
        File.Delete(ring.Files()[^1].Path);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", after.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", before.AccessToken)).StatusCode);
    }

    [Fact]
    public async Task A_token_that_was_verified_goes_with_its_key()
    {
        await using var app = await StartAsync("ES256", auth => auth.AccessTokenLifetime = TimeSpan.FromDays(1));
        var before = await app.LoginAsync();
        var ring = app.Services.GetRequiredService<KeyRing>();
        ring.Rotate(TimeSpan.FromMinutes(1));
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", before.AccessToken)).StatusCode);
        File.Delete(ring.Files()[^1].Path);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", (await app.LoginAsync()).AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", before.AccessToken)).StatusCode);
    }

    [Theory]
    [InlineData("20251231T000000Z.ES256.junk.pem", "not a key")]
    [InlineData("20251231T000000Z.ES256.junk.pem", "")]
    [InlineData("20251231T000000Z.ES256.junk.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    [InlineData("20251231T000000Z.RS256.junk.pem", "not a key")]
    public async Task The_last_good_ring_is_kept_and_the_fault_told_once(string name, string content)
    {
        var log = new LogCapture();
        await using var app = await StartAsync("ES256", services: services => services.AddLogging(logging => logging.AddProvider(log)),
            map: server => server.MapHealth());
        var pair = await app.LoginAsync();
        var junk = Path.Combine(app.Services.GetRequiredService<KeyRing>().Folder, name);
        await File.WriteAllTextAsync(junk, content, TestContext.Current.CancellationToken);
        for (var minute = 0; minute < 3; minute++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", pair.AccessToken)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/.well-known/jwks.json")).StatusCode);
            pair = await app.LoginAsync();
        }

        Assert.Single(log.Lines, line => line.Contains("key ring", StringComparison.Ordinal));
        Assert.Equal("degraded", (string?)(await AuthApp.BodyAsync(await app.GetAsync("/readyz")))["checks"]!["keys"]);
        File.Delete(junk);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("ok", (string?)(await AuthApp.BodyAsync(await app.GetAsync("/readyz")))["checks"]!["keys"]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-10_000)]
    [InlineData(100_000)]
    public async Task A_clock_that_is_put_elsewhere_leaves_a_key_to_sign_with(int hours)
    {
        await using var app = await StartAsync("ES256");
        app.Services.GetRequiredService<KeyRing>().Rotate(TimeSpan.FromHours(1));
        app.Clock.AdjustTime(app.Clock.GetUtcNow() + TimeSpan.FromHours(hours));
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/me", (await app.LoginAsync()).AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("/.well-known/jwks.json")).StatusCode);
        var clock = new FakeTimeProvider(app.Clock.GetUtcNow());
        await using var restarted = await AuthApp.StartAsync(
            settings: Settings("ES256"), services: services => services.AddSingleton<TimeProvider>(clock), folder: app.Folder(), replica: true);
        Assert.Equal(HttpStatusCode.OK, (await restarted.GetAsync("/.well-known/jwks.json")).StatusCode);
    }

    public static TheoryData<string, string, string> BadKeys()
    {
        using var small = RSA.Create(1024);
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        return new()
        {
            { "RS256", small.ExportPkcs8PrivateKeyPem(), "1024 bits" },
            { "RS256", rsa.ExportSubjectPublicKeyInfoPem(), "is no key for RS256" },
            { "RS256", ec.ExportPkcs8PrivateKeyPem(), "is no key for RS256" },
            { "RS256", "junk", "is no key for RS256" },
            { "ES256", p384.ExportPkcs8PrivateKeyPem(), "P-256" },
            { "ES256", p521.ExportPkcs8PrivateKeyPem(), "P-256" },
            { "ES256", ec.ExportSubjectPublicKeyInfoPem(), "is no key for ES256" },
            { "ES256", rsa.ExportPkcs8PrivateKeyPem(), "is no key for ES256" },
            { "ES256", "\0\u00ff", "is no key for ES256" },
        };
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task A_key_that_the_algorithm_forbids_is_refused_at_start(string algorithm, string pem, string why)
    {
        var folder = Directory.CreateTempSubdirectory("carafe-keys").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        await File.WriteAllTextAsync(Path.Combine(folder, "keys", $"20200101T000000Z.{algorithm}.{Thumbprint(pem)}.pem"), pem,
            TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => AuthApp.StartAsync(settings: Settings(algorithm), folder: folder));
        Assert.Contains(why, Assert.Single(fault.Errors), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_public_key_is_no_secret(string algorithm)
    {
        await using var app = await StartAsync(algorithm);
        var token = (await app.LoginAsync()).AccessToken;
        var ring = app.Services.GetRequiredService<KeyRing>().Published[0];
        var spki = ring.Key is ECDsaSecurityKey ec ? ec.ECDsa.ExportSubjectPublicKeyInfo() : ((RsaSecurityKey)ring.Key).Rsa.ExportSubjectPublicKeyInfo();
        var pem = ring.Key is ECDsaSecurityKey ecPem
            ? ecPem.ECDsa.ExportSubjectPublicKeyInfoPem()
            : ((RsaSecurityKey)ring.Key).Rsa.ExportSubjectPublicKeyInfoPem();
        var payload = token.Split('.')[1];
        foreach (var key in new[] { spki, Encoding.ASCII.GetBytes(pem), Encoding.ASCII.GetBytes(pem + "\n"),
            Encoding.ASCII.GetBytes(JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(ring.ToJwk()))!.ToJsonString()) })
        {
            var text = $"{Forge.Text($"{{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"{ring.Id}\"}}")}.{payload}";
            var forged =
                $"{text}.{System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)))}";
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", forged)).StatusCode);
        }
    }

    [Fact]
    public async Task The_key_files_are_for_their_owner_alone()
    {
        await using var app = await StartAsync("ES256");
        var file = app.Services.GetRequiredService<KeyRing>().Files()[0].Path;
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no Unix modes.");
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_stranger_with_the_JWKS_alone_can_verify_a_token(string algorithm)
    {
        await using var app = await StartAsync(algorithm);
        var token = (await app.LoginAsync()).AccessToken;
        using var answer = await app.GetAsync("/.well-known/jwks.json");
        var jwks = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("verified", await NodeAsync(jwks, token));
        Assert.NotEqual("verified", await NodeAsync(jwks, token[..^4] + (token[^4] == 'A' ? 'B' : 'A') + token[^3..]));
    }

    // Node's own WebCrypto, which knows nothing of us.
}
