using System.Text;

namespace MyApi.Tests;

/// <summary>Requests that no client should send. The same ones for the same seed.</summary>
internal static class Hostile
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO"];

    private static readonly string[] Paths =
    [
        "/", "/auth/register", "/auth/login", "/auth/refresh", "/auth/logout", "/auth/me", "/auth/sessions", "/auth/sessions/x", "/auth/password", "/users",
        "/users/1", "/users/2147483648", "/users/-1",
        "/users/%00", "/users/%ff", "/users/'%20OR%201=1--", "/users/1/posts", "/users/1/posts/1", "/posts", "/posts/1", "/posts/99999999999999999999",
        "/products", "/products/1", "/products/1.5",
        "/files/a", "/files/../a", "/files/%2e%2e/%2e%2e/etc/passwd", "/files/a%00b", "/healthz", "/readyz", "/nope", "//users", "/users;x=1",
        "/%252e%252e/users",
    ];

    private static readonly string[] Queries = ["", "", "?page=-1", "?page=abc", "?limit=0", "?limit=999999999999", "?page=1&page=2", "?after=%00",
        "?after=AAAA", "?page=", "?page=2147483647&limit=100", "?%00=%00", "?page=%F0%9F%98%80"];

    private static readonly string[] Bodies =
    [
        "", "{", "}", "null", "[]", "{}", "5", "\"x\"", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "{\"title\":\"\\ud800\",\"body\":\"b\"}",
        "{\"title\":\"\\u0000\",\"body\":\"b\"}", "{\"price\":1e400}",
        "{\"username\":\"a\",\"email\":\"a@b\",\"password\":\"p\"}", "{\"email\":{\"$gt\":\"\"},\"password\":[]}", "{\"title\":\"t\",\"body\":\"b\",\"id\":1}",
        "{\"name\":\"n\",\"price\":-1,\"stock\":99999999999}",
        "{\"name\":\"n\",\"name\":\"m\",\"price\":1,\"stock\":1}", "{\"role\":\"admin\"}", "<xml/>", "\uFEFF{}", "{\"a\":1}{\"b\":2}", "{\"title\":\"" + "x"
        + "\",}", "// comment\n{}",
    ];

    private static readonly string[] Types = ["application/json", "application/json", "application/json", "application/merge-patch+json", "text/plain",
        "application/xml", "application/json; charset=utf-16", "multipart/form-data; boundary=x"];

    private static readonly string[] Tokens = ["Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp5", "bearer  x", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        "Bearer " + "x.y." + "zzzzzzzzzzzzzzzz"];

    public static HttpRequestMessage Next(Random random, Uri address)
    {
        var path = Pick(random, Paths) + Pick(random, Queries);
        var request = new HttpRequestMessage(new HttpMethod(Pick(random, Methods)),
            new Uri(address.ToString().TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (random.Next(3) > 0)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Pick(random, Bodies)));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick(random, Types));
        }

        if (random.Next(4) == 0)
        {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", Pick(random, Tokens));
        }

        if (random.Next(6) == 0)
        {
            request.Headers.TryAddWithoutValidation(random.Next(2) == 0 ? "If-Match" : "If-None-Match", Pick(random, ["*", "\"1\"", "W/\"1\"", "x", "\"", ""]));
        }

        return request;
    }

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
