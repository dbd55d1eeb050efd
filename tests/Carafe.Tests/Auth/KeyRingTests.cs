using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Carafe.Auth;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Tests.Auth;

public sealed class KeyRingTests
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
        var ring = app.Server.Services.GetRequiredService<KeyRing>();
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

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_public_key_is_no_secret(string algorithm)
    {
        await using var app = await StartAsync(algorithm);
        var token = (await app.LoginAsync()).AccessToken;
        var ring = app.Server.Services.GetRequiredService<KeyRing>().Published[0];
        var spki = ring.Key is ECDsaSecurityKey ec ? ec.ECDsa.ExportSubjectPublicKeyInfo() : ((RsaSecurityKey)ring.Key).Rsa.ExportSubjectPublicKeyInfo();
        var pem = ring.Key is ECDsaSecurityKey ecPem ? ecPem.ECDsa.ExportSubjectPublicKeyInfoPem() : ((RsaSecurityKey)ring.Key).Rsa.ExportSubjectPublicKeyInfoPem();
        var payload = token.Split('.')[1];
        foreach (var key in new[] { spki, Encoding.ASCII.GetBytes(pem), Encoding.ASCII.GetBytes(pem + "\n"), Encoding.ASCII.GetBytes(JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(ring.ToJwk()))!.ToJsonString()) })
        {
            var text = $"{Forge.Text($"{{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"{ring.Id}\"}}")}.{payload}";
            var forged = $"{text}.{System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)))}";
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.GetAsync("/me", forged)).StatusCode);
        }
    }

    [Fact]
    public async Task The_key_files_are_for_their_owner_alone()
    {
        await using var app = await StartAsync("ES256");
        var file = app.Server.Services.GetRequiredService<KeyRing>().Files()[0].Path;
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
    private static async Task<string> NodeAsync(string jwks, string token)
    {
        const string Script = """
            const [jwks, token] = process.argv.slice(1); const [h, p, s] = token.split('.');
            const header = JSON.parse(Buffer.from(h, 'base64url')); const jwk = JSON.parse(jwks).keys.find(k => k.kid === header.kid);
            const rsa = header.alg === 'RS256'; const how = rsa ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
            const { subtle } = require('crypto').webcrypto;
            subtle.importKey('jwk', jwk, how, false, ['verify']).then(key => subtle.verify(how, key, Buffer.from(s, 'base64url'), Buffer.from(h + '.' + p)))
              .then(good => console.log(good ? 'verified' : 'refused'));
            """;
        Process? node = null;
        try
        {
            node = Process.Start(new ProcessStartInfo("node", ["-e", Script, jwks, token]) { RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no node here.");
        }

        using (node)
        {
            var output = await node!.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await node.WaitForExitAsync(TestContext.Current.CancellationToken);
            return output.Trim();
        }
    }

    private static Task<AuthApp> StartAsync(string algorithm)
    {
        var folder = Directory.CreateTempSubdirectory("carafe-keys").FullName;
        return AuthApp.StartAsync(settings: new() { ["JWT_ALGORITHM"] = algorithm, ["JWT_KEYS_PATH"] = Path.Combine(folder, "keys") }, folder: folder);
    }

    private static JsonObject HeaderOf(string token) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]))!.AsObject();
}
