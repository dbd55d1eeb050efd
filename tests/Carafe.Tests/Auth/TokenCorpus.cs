using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Tests.Auth;

/// <summary>Tokens that must be refused, each with what is wrong with it.</summary>
internal static class TokenCorpus
{
    private static readonly string[] Headers =
    [
        "alg", "alg=null", "alg=5", "alg=\"\"", "alg=\"hs256\"", "alg=\"HS384\"", "alg=\"HS512\"", "alg=\"RS256\"", "alg=\"PS256\"", "alg=\"ES256\"",
        "alg=\"ES256K\"", "alg=\"EdDSA\"",
        "alg=\"dir\"", "alg=\"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\"", "alg=[\"HS256\"]", "alg={\"HS256\":true}", "alg=true",
        "typ", "typ=null", "typ=\"\"", "typ=\"JWT\"", "typ=\"rt+jwt\"", "typ=\"at+jwt \"", "typ=\"id+jwt\"", "typ=\"logout+jwt\"", "typ=[\"at+jwt\"]", "typ=1",
        "kid", "kid=null", "kid=\"\"", "kid=\"unknown\"", "kid=\"../../../../dev/null\"", "kid=\"/etc/passwd\"", "kid=\"' OR 1=1 --\"",
        "kid=\"x' UNION SELECT 'key\"", "kid=\"\\u0000\"", "kid=1",
        "kid=[]", "kid={}", "kid=\"http://127.0.0.1:1/key\"", "kid=\"|id\"", "kid=\"$(id)\"", "kid=\"%2e%2e%2f\"",
        "kid & jku=\"http://127.0.0.1:1/jwks.json\"", "kid & x5u=\"http://127.0.0.1:1/cert.pem\"", "kid & jwk={\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}",
        "kid & x5c=[\"MIIB\"]", "kid & x5t=\"abc\"",
        "crit=[\"exp\"]", "crit=[]", "crit=null", "crit=[\"b64\"] & b64=false", "b64=false", "b64=true",
        "crit=[\"http://example.com/x\"] & http://example.com/x=1",
    ];

    private static readonly string[] Payloads =
    [
        "iss", "iss=null", "iss=\"\"", "iss=\"somebody\"", "iss=[\"somebody\"]", "iss=5",
        "aud", "aud=null", "aud=\"\"", "aud=\"somebody\"", "aud=[]", "aud=[\"somebody\",\"else\"]", "aud=5", "aud={}",
        "exp", "exp=null", "exp=\"4102444800\"", "exp=\"never\"", "exp=0", "exp=-1", "exp=1767224600", "exp=[]", "exp={}", "exp=true",
        "exp=99999999999999999999", "exp=1e400",
        "nbf", "nbf=null", "nbf=\"0\"", "nbf=4102444800", "nbf=[]", "nbf=true", "nbf=1767225660",
        "iat", "iat=null", "iat=\"0\"", "iat=[]", "iat=true",
        "jti", "jti=null", "jti=\"\"", "jti=5", "jti=[]",
        "sub", "sub=null", "sub=\"\"", "sub=1", "sub=\"2\"", "sub=\"-1\"", "sub=\"1 \"", "sub=\" 1\"", "sub=\"+1\"", "sub=\"1e0\"", "sub=\"0x1\"",
        "sub=\"99999999999\"", "sub=[\"1\"]", "sub={}", "sub=true",
        "sub=\"1 OR 1=1\"", "sub=\"alice\"",
        "sid", "sid=null", "sid=\"\"", "sid=5", "sid=\"00000000-0000-0000-0000-000000000000\"", "sid=\"11111111-1111-7111-8111-111111111111\"",
        "sid=\"' OR 1=1\"", "sid=[]", "sid=\"{0}\"",
        "auth_time", "auth_time=null", "auth_time=\"x\"", "auth_time=\"1767225600\"", "auth_time=[]", "auth_time={}", "auth_time=true", "auth_time=1e20",
        "auth_time=-1", "auth_time=1767225600.5",
        "auth_time=99999999999999", "exp=1767229600.5", "iat=-1", "iat=1e400", "nbf=-1", "nbf=1e20",
    ];

    public static IEnumerable<(string Fault, string Token)> All(Forge forge, string refresh, string other)
    {
        var (header, payload, signature) = forge.Token.Split('.') switch { var parts => (parts[0], parts[1], parts[2]) };
        foreach (var change in Headers)
        {
            yield return ($"header {change}", forge.With(header: change));
        }

        foreach (var change in Payloads)
        {
            yield return ($"payload {change}", forge.With(payload: change));
        }

        foreach (var alg in new[] { "none", "None", "NONE", "nOnE", "none " })
        {
            var unsigned = forge.With(header: $"alg=\"{alg}\"");
            var bare = unsigned[..unsigned.LastIndexOf('.')];
            yield return ($"alg {alg} signed", unsigned);
            yield return ($"alg {alg} with a dot", bare + ".");
            yield return ($"alg {alg} without", bare);
            yield return ($"alg {alg} without kid", forge.With(header: $"kid & alg=\"{alg}\"")[..^signature.Length]);
        }

        yield return ("HS512 for real", forge.With(header: "alg=\"HS512\"", sign: HMACSHA512.HashData));
        yield return ("HS384 for real", forge.With(header: "alg=\"HS384\"", sign: HMACSHA384.HashData));
        yield return ("signed with nothing", forge.With(key: []));
        yield return ("signed with a word", forge.With(key: Encoding.ASCII.GetBytes("secret")));
        yield return ("signed with the kid", forge.With(key: Encoding.ASCII.GetBytes((string)forge.Header["kid"]!)));
        yield return ("signed with the refresh key", forge.With(key: ((SymmetricSecurityKey)forge.Keys.Refresh.Signing.Key).Key));
        yield return ("refresh key and its kid",
            forge.With($"kid=\"{forge.Keys.Refresh.Signing.Key.KeyId}\"", key: ((SymmetricSecurityKey)forge.Keys.Refresh.Signing.Key).Key));
        yield return ("signed with SHA-256 of the text alone", forge.With(sign: (_, text) => SHA256.HashData(text)));
        yield return ("a refresh token", refresh);
        yield return ("somebody else's payload", $"{header}.{other.Split('.')[1]}.{signature}");
        yield return ("somebody else's signature", $"{header}.{payload}.{other.Split('.')[2]}");
        yield return ("sub twice",
            forge.Raw(forge.Header.ToJsonString(), forge.Payload.ToJsonString().Replace("}", ",\"sub\":\"3\"}", StringComparison.Ordinal)));
        foreach (var text in new[] { "", "null", "5", "[]", "\"text\"", "{", "{}", "{\"sub\":\"1\"", "\0", "{\"sub\":\"\\ud800\"}", "{\"exp\":4102444800}"
            + new string('}', 50) })
        {
            yield return ($"payload {text}", forge.Raw(forge.Header.ToJsonString(), text));
            yield return ($"header {text}", forge.Raw(text, forge.Payload.ToJsonString()));
        }

        foreach (var tail in new[] { "{}", "x", "\0", ",", "}", "//", "\"\"", " null", "\n{\"sub\":\"2\"}" })
        {
            yield return ($"{tail} after the payload", forge.Raw(forge.Header.ToJsonString(), forge.Payload.ToJsonString() + tail));
            yield return ($"{tail} after the header", forge.Raw(forge.Header.ToJsonString() + tail, forge.Payload.ToJsonString()));
        }

        yield return ("a header parameter twice",
            forge.Raw(forge.Header.ToJsonString().Replace("}", ",\"typ\":\"at+jwt\"}", StringComparison.Ordinal), forge.Payload.ToJsonString()));
        for (var i = 0; i < signature.Length; i++)
        {
            yield return ($"signature changed at {i}", $"{header}.{payload}.{signature[..i]}{(signature[i] == 'A' ? 'B' : 'A')}{signature[(i + 1)..]}");
        }

        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var last = Alphabet.IndexOf(signature[^1], StringComparison.Ordinal);
        for (var spare = 1; spare < 4; spare++)
        {
            yield return ($"signature spelled another way, {spare}", $"{header}.{payload}.{signature[..^1]}{Alphabet[last + spare]}");
        }

        foreach (var (name, token) in Texts(header, payload, signature))
        {
            yield return (name, token);
        }
    }

    private static IEnumerable<(string Fault, string Token)> Texts(string header, string payload, string signature)
    {
        var token = $"{header}.{payload}.{signature}";
        yield return ("one part", header);
        yield return ("two parts", $"{header}.{payload}");
        yield return ("no signature", $"{header}.{payload}.");
        yield return ("no payload", $"{header}..{signature}");
        yield return ("no header", $".{payload}.{signature}");
        yield return ("dots", "..");
        yield return ("one dot", ".");
        yield return ("four parts", $"{token}.{signature}");
        yield return ("five parts", $"{header}.{payload}.{payload}.{payload}.{signature}");
        yield return ("padded", token + "=");
        yield return ("padded twice", token + "==");
        yield return ("padded inside", $"{header}==.{payload}.{signature}");
        yield return ("blank before the dot", $"{header} .{payload}.{signature}");
        yield return ("tab inside", $"{header}\t.{payload}.{signature}");
        yield return ("quoted", $"\"{token}\"");
        yield return ("two tokens", $"{token} {token}");
        yield return ("comma", $"{token},{token}");
        yield return ("percent", token.Replace(".", "%2E", StringComparison.Ordinal));
        yield return ("plain base64", $"{header}.{payload}.+{signature[1..]}");
        yield return ("slash", $"{header}.{payload}./{signature[1..]}");
        yield return ("accent", $"{header}.{payload}.é{signature[1..]}");
        yield return ("wide", $"{header}.{payload}.\uFF21{signature[1..]}");
        yield return ("emoji", "🔑.🔑.🔑");
        yield return ("cut", token[..^1]);
        yield return ("longer", token + "A");
        yield return ("longer by four", token + "AAAA");
        yield return ("oversized signature", token + new string('A', 9000));
        yield return ("oversized header", $"{new string('A', 12_000)}.{payload}.{signature}");
        yield return ("many dots", new string('.', 8000));
        yield return ("a long word", new string('A', 16_000));
        yield return ("null", "null");
        yield return ("undefined", "undefined");
        yield return ("JSON", "{\"alg\":\"none\"}");
        yield return ("HTML", "<script>alert(1)</script>");
        yield return ("SQL", "' OR '1'='1");
    }
}
