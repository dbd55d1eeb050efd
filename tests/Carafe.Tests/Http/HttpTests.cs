using System.IO.Compression;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

public sealed class HttpTests
{
    [Fact]
    public async Task A_missing_page_is_the_same_json_whatever_is_accepted()
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        foreach (var accept in new[] { null, "text/html", "*/*", "application/xml", "image/png, nonsense;;" })
        {
            var answer = (await app.SendAsync("GET", "/nope", headers: accept is null ? [] : [("Accept", accept)])).IsError(404);
            Assert.Equal("There is nothing at this address.", answer.Message);
            Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        }

        var problem = await app.SendAsync("GET", "/nope", headers: ("Accept", "application/problem+json"));
        Assert.Equal("application/problem+json", problem.Headers["Content-Type"]);
        Assert.Equal(404, problem.Json.GetProperty("status").GetInt32());
        Assert.Equal("There is nothing at this address.", problem.Json.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/items/abc")]
    [InlineData("/items/99999999999999999999")]
    [InlineData("/items/%2e%2e%2fadmin")]
    [InlineData("/items/%252e")]
    [InlineData("/items/1;x=1")]
    [InlineData("/items/-1")]
    [InlineData("/items//1")]
    public async Task An_id_that_is_none_is_404(string path)
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        (await app.SendAsync("GET", path)).IsError(404);
    }

    [Fact]
    public async Task The_wrong_method_is_405_with_every_right_one()
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        foreach (var method in new[] { "PUT", "TRACE", "FOO" })
        {
            Assert.Equal("DELETE, GET, HEAD, OPTIONS", (await app.SendAsync(method, "/items/1")).IsError(405).Headers["Allow"]);
        }

        var options = await app.SendAsync("OPTIONS", "/items/1");
        Assert.Equal((204, "", "DELETE, GET, HEAD, OPTIONS"), (options.Status, options.Body, options.Headers["Allow"]));
    }

    [Fact]
    public async Task Head_is_get_without_the_body()
    {
        await using var app = await SmallApp.StartAsync(Items.Map, listen: true);
        foreach (var path in new[] { "/items/1", "/items/7", "/nope", "/healthz" })
        {
            var (get, head) = (await app.SendAsync("GET", path), await app.SendAsync("HEAD", path));
            Assert.Equal((get.Status, ""), (head.Status, head.Body));
            Assert.Equal(Said(get), Said(head));
        }
    }

    private static IEnumerable<string> Said(Answer answer) =>
        answer.Headers.Where(header => header.Key.ToUpperInvariant() is not ("DATE" or "TRANSFER-ENCODING" or "X-REQUEST-ID"))
            .Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal);

    [Fact]
    public async Task Another_method_cannot_be_asked_for_in_a_header()
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        foreach (var name in new[] { "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override" })
        {
            Assert.Equal(200, (await app.SendAsync("GET", "/items/1", headers: (name, "DELETE"))).Status);
        }
    }

    [Fact]
    public async Task Only_json_is_on_offer()
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        foreach (var accept in new[] { "application/json", "*/*", "application/*", "text/html, */*;q=0.1", "application/problem+json",
            "APPLICATION/JSON;q=0.5" })
        {
            Assert.Equal(200, (await app.SendAsync("GET", "/items/1", headers: ("Accept", accept))).Status);
        }

        foreach (var accept in new[] { "text/html", "application/xml, image/*", "application/json;q=0", "*/*;q=0" })
        {
            (await app.SendAsync("GET", "/items/1", headers: ("Accept", accept))).IsError(406);
        }

        Assert.Equal(204, (await app.SendAsync("DELETE", "/items/1", headers: ("Accept", "text/html"))).Status);
    }

    [Fact]
    public async Task Json_is_compressed_for_who_asks()
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/items/1");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        await using var text = new GZipStream(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        Assert.Contains("Tea", await new StreamReader(text).ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_had_in_parts_is_never_compressed_so_that_a_part_is_of_the_whole_that_its_tag_names()
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        foreach (var (path, coding) in new[] { ("/parts", null), ("/whole", "gzip") })
        {
            var answer = await app.SendAsync("GET", path, headers: ("Accept-Encoding", "gzip"));
            Assert.Equal((200, coding), (answer.Status, answer.Headers.GetValueOrDefault("Content-Encoding")));
        }
    }

    [Fact]
    public async Task A_typed_result_with_a_text_comes_in_the_one_shape()
    {
        await using var app = await SmallApp.StartAsync(Items.Map);
        Assert.Equal("Item 7 not found", (await app.SendAsync("GET", "/items/7")).IsError(404).Message);
        Assert.Equal(200, (await app.SendAsync("GET", "/items/1")).Status);
        Assert.Equal("no", (await app.SendAsync("GET", "/results/400")).IsError(400).Message);
        Assert.Equal("no", (await app.SendAsync("GET", "/results/409")).IsError(409).Message);
        Assert.Equal("no", (await app.SendAsync("GET", "/results/422")).IsError(422).Message);
        Assert.Equal("no", (await app.SendAsync("GET", "/results/418")).IsError(418).Message);
        var validation = (await app.SendAsync("GET", "/results/1")).IsError(400);
        Assert.Equal(["title is no title"], validation.Faults);
    }

    [Fact]
    public async Task Every_answer_has_the_headers_of_an_api()
    {
        await using var app = await SmallApp.StartAsync(Items.Map, listen: true);
        foreach (var path in new[] { "/items/1", "/nope", "/crash", "/results/409" })
        {
            var answer = await app.SendAsync("GET", path);
            Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
            Assert.Equal("DENY", answer.Headers["X-Frame-Options"]);
            Assert.Equal("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", answer.Headers["Content-Security-Policy"]);
            Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
            Assert.Contains(answer.Status < 400 ? "no-cache" : "no-store", answer.Headers["Cache-Control"], StringComparison.Ordinal);
            Assert.EndsWith(answer.Headers["Content-Type"].Contains("json", StringComparison.Ordinal)
                ? "; charset=utf-8"
                : "", answer.Headers["Content-Type"], StringComparison.Ordinal);
            Assert.False(answer.Headers.ContainsKey("Server"));
        }
    }

    [Fact]
    public async Task Every_answer_names_the_request_as_the_log_does_and_no_caller_chooses_the_name()
    {
        var log = new LogLines();
        await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Logging.AddProvider(log), listen: true);
        foreach (var path in new[] { "/items/1", "/nope", "/crash" })
        {
            var answer = await app.SendAsync("GET", path,
                headers: [("X-Request-Id", "mine"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]);
            Assert.Equal("0af7651916cd43dd8448eb211c80319c", answer.Headers["X-Request-Id"]);
            var own = await app.SendAsync("GET", path, headers: ("X-Request-Id", "mine"));
            Assert.Matches("^[0-9a-f]{32}$", own.Headers["X-Request-Id"]);
            Assert.Contains(log.Of("Carafe.Access"), line => line.Contains(own.Headers["X-Request-Id"], StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("GET", "/crash", 500, "/crash")]
    [InlineData("POST", "/items", 400, "/items")]
    public async Task The_access_log_names_the_route_of_an_error(string method, string path, int status, string route)
    {
        var log = new LogLines();
        await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Logging.AddProvider(log), listen: true);
        (await app.SendAsync(method, path, "{")).IsError(status);
        Assert.Contains($" on {route} trace", Assert.Single(log.Of("Carafe.Access")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_tells_nothing_but_its_trace()
    {
        await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Logging.AddProvider(new LogLines()));
        var answer = (await app.SendAsync("GET", "/crash", headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))).IsError(500);
        Assert.Equal("An unexpected error occurred.", answer.Message);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", answer.Json.GetProperty("trace_id").GetString());
    }
}
