using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Carafe.Auth;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Tests.Auth;

public sealed partial class KeyRingTests
{
    private static async Task<string> NodeAsync(string jwks, string token)
    {
        const string Script = """
            const [jwks, token] = process.argv.slice(1); const [h, p, s] = token.split('.');
            const header = JSON.parse(Buffer.from(h, 'base64url')); const jwk = JSON.parse(jwks).keys.find(k => k.kid === header.kid);
            const rsa = header.alg === 'RS256';
            const how = rsa ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
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

    private static Task<TestApp> StartAsync(string algorithm, Action<AuthOptions>? auth = null, Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null) => AuthApp.StartAsync(auth, Settings(algorithm), services, map);

    private static Dictionary<string, string?> Settings(string algorithm) => new() { ["JWT_ALGORITHM"] = algorithm };

    // The name that the file would have, so that nothing but the key is wrong with it.
    private static string Thumbprint(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return System.Buffers.Text.Base64Url.EncodeToString(new RsaSecurityKey(rsa).ComputeJwkThumbprint());
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            return pem.StartsWith('-') ? EcThumbprint(pem) : "kid";
        }
    }

    private static string EcThumbprint(string pem)
    {
        using var ec = ECDsa.Create();
        ec.ImportFromPem(pem);
        return System.Buffers.Text.Base64Url.EncodeToString(new ECDsaSecurityKey(ec).ComputeJwkThumbprint());
    }

    private static JsonObject HeaderOf(string token) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]))!.AsObject();
}
