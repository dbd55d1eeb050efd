using System.Globalization;
using System.Text;

namespace Fuzz;

/// <summary>Makes HTTP/1.1 requests, most of them wrong in one place.</summary>
internal sealed class Http1Cases(string token)
{
    private static readonly string[] Methods = ["GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "FOO", "get",
        "Post", "delete", "QUERY", "G\u00c9T", ""];

    private static readonly string[] Targets =
    [
        "/", "/posts", "/posts/1", "/posts/1", "/posts?limit=100", "/posts?after=", "/users", "/users/1", "/users/profile", "/users/alice/x", "/products",
        "/products/1", "/auth/login", "/auth/login", "/auth/register", "/auth/refresh",
        "/auth/me", "/auth/export", "/auth/sessions", "/auth/password", "/files/a", "/files/a", "/files/b/c", "/healthz", "/readyz", "/openapi/v1.json",
        "/docs/", "/nope", "*", "http://other/posts/1", "other:443", "//posts",
        "/posts/%201", "/posts/+1", "/posts/%2B1", "/posts/01", "/posts/1%0A", "/%2e%2e/posts", "/posts/%ff", "/posts/%", "/posts/1?%00", "/posts/1#x",
        "/posts/\u00e9", "/files/%2F", "/files/..%2f..", "/posts?page=99999999999",
    ];

    private static readonly string[] Bodies =
    [
        "", "{", "{}", "null", "[]", "\"x\"", """{"title":"t","body":"b"}""", """{"title":"t","body":"b"}""",
        """{"email":"a@example.com","password":"correct horse battery"}""",
        """{"username":"fuzz","email":"fuzz@example.com","password":"x"}""", """{"title":null}""", """{"title":"\ud800","body":"b"}""",
        "{\"title\":\"t\",\"body\":\"\u0001\"}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", """{"name":"n","price":1e400,"stock":1}""",
    ];

    private static readonly string[] Odd =
    [
        "Range: bytes=0-3", "Range: bytes=9-1", "If-Range: Thu, 01 Jan 2099 00:00:00 GMT", "If-Match: \"1\"", "If-None-Match: *", "If-Match: x",
        "If-Unmodified-Since: x", "Accept: text/html", "Accept: application/problem+json",
        "Accept-Encoding: gzip, br", "Accept-Encoding: \u0001", "Expect: 100-continue", "Expect: x", "Connection: close", "Connection: upgrade",
        "Upgrade: h2c", "Upgrade: websocket", "Origin: https://x", "Cookie: a=b", "X: \u00ff",
        "X:", ": x", "X : y", " X: y", "Host: y", "Content-Length: 3", "Transfer-Encoding: gzip", "Content-Encoding: gzip", "Idempotency-Key: fuzz",
        "Idempotency-Key: \"\"", "Authorization: Bearer x", "Authorization: Basic eA==",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceparent: x", "X-Forwarded-For: ,,", "Content-Type: text/plain",
        "Content-Type: application/json; charset=\"utf-8\"", "Content-Type: multipart/form-data",
    ];

    private static readonly string[] Sizes = ["z", "80000000", "7fffffff", "ffffffffffffffff", "-1", "0x5", "5 ", "5;a=b", "5;\n", "05", "", "FFFFFFF"];

    private static readonly string[] Trailers = ["X: y\r\n", "X: \u00ff\r\n", "X: \0\r\n", "X\r\n", "Content-Length: 3\r\n", ": y\r\n", "X: y\n", "X: y"];

    public Case Next(Random random)
    {
        var method = Pick(random, Methods);
        var target = Pick(random, Targets);
        var version = random.Next(40) == 0 ? Pick(random, ["HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "HTTX/1.1", ""]) : "HTTP/1.1";
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {target} {version}\r\n");
        if (random.Next(30) > 0)
        {
            head.Append("Host: x\r\n");
        }

        if (random.Next(2) == 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {token}\r\n");
        }

        for (var extra = random.Next(3); extra > 0; extra--)
        {
            head.Append(Pick(random, Odd)).Append("\r\n");
        }

        var (framing, body, kind) = Body(random, method);
        head.Append(framing);
        if (random.Next(60) == 0)
        {
            head.Append("Y: ").Append('y', random.Next(40_000)).Append("\r\n");
        }

        var bytes = new List<byte>(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()));
        bytes.AddRange(body);
        var pipelined = random.Next(12) == 0 ? "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" : "";
        bytes.AddRange(Encoding.Latin1.GetBytes(pipelined));
        if (random.Next(25) == 0)
        {
            bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
        }

        if (random.Next(12) == 0)
        {
            bytes.RemoveRange(random.Next(bytes.Count), 0);
            bytes = bytes[..random.Next(1, bytes.Count)];
        }

        return new Case($"{method} {target} {kind}", false, Split(random, [.. bytes]),
            random.Next(20) switch { < 13 => Ending.Read, < 15 => Ending.Fin, < 19 => Ending.Reset, _ => Ending.Stall });
    }

    private static (string Framing, byte[] Body, string Kind) Body(Random random, string method)
    {
        if (method is "GET" or "HEAD" && random.Next(6) > 0)
        {
            return ("", [], "none");
        }

        var text = random.Next(15) == 0 ? new string('x', random.Next(200_000)) : Pick(random, Bodies);
        var type = random.Next(8) == 0 ? "" : "Content-Type: application/json\r\n";
        var length = Encoding.UTF8.GetByteCount(text);
        switch (random.Next(10))
        {
            case 0:
                return ($"{type}Content-Length: {length + random.Next(1, 2_000_000)}\r\n", Encoding.UTF8.GetBytes(text), "short");
            case 1:
                return ($"{type}Content-Length: {Pick(random, ["-1", "x", "1, 1", "99999999999999999999", "+3", ""])}\r\n", Encoding.UTF8.GetBytes(text),
                    "odd length");
            case 2 or 3 or 4:
                return ($"{type}Transfer-Encoding: {Pick(random, ["chunked", "chunked", "chunked", "Chunked", "chunked, chunked", "identity"])}\r\n",
                    Chunks(random, text), "chunked");
            default:
                return ($"{type}Content-Length: {length}\r\n", Encoding.UTF8.GetBytes(text), "whole");
        }
    }

    private static byte[] Chunks(Random random, string text)
    {
        var chunks = new List<byte>();
        foreach (var part in text.Chunk(random.Next(1, Math.Max(2, text.Length + 1))))
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            var size = random.Next(6) == 0 ? Pick(random, Sizes) : bytes.Length.ToString("x", CultureInfo.InvariantCulture);
            chunks.AddRange([.. Encoding.ASCII.GetBytes($"{size}\r\n"), .. bytes, .. random.Next(30) == 0 ? "x"u8 : "\r\n"u8]);
        }

        chunks.AddRange(Encoding.Latin1.GetBytes("0\r\n" + (random.Next(3) == 0 ? Pick(random, Trailers) : "") + (random.Next(10) == 0 ? "" : "\r\n")));
        return [.. chunks];
    }

    private static byte[][] Split(Random random, byte[] bytes)
    {
        var at = random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length;
        return at == bytes.Length ? [bytes] : [bytes[..at], bytes[at..]];
    }

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
