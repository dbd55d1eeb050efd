using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

public sealed partial class HttpTests
{
    private const string Line = """{"product_title":"Tea","count":1}""";

    [Fact]
    public async Task A_missing_page_is_the_same_json_whatever_is_accepted()
    {
        await using var app = await HttpApp.StartAsync(Map);
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
    public async Task An_id_that_is_none_is_404(string path)
    {
        await using var app = await HttpApp.StartAsync(Map);
        (await app.SendAsync("GET", path)).IsError(404);
    }

    [Fact]
    public async Task The_wrong_method_is_405_with_every_right_one()
    {
        await using var app = await HttpApp.StartAsync(Map);
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
        await using var app = await HttpApp.StartAsync(Map, kestrel: true);
        foreach (var path in new[] { "/items/1", "/items/7", "/nope", "/healthz" })
        {
            var (get, head) = (await app.SendAsync("GET", path), await app.SendAsync("HEAD", path));
            Assert.Equal((get.Status, ""), (head.Status, head.Body));
            Assert.Equal(get.Headers["Content-Type"], head.Headers["Content-Type"]);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task A_body_of_another_type_is_415_and_says_which_is_read(string? type)
    {
        foreach (var environment in new[] { "Development", "Testing" })
        {
            await using var app = await HttpApp.StartAsync(Map, environment: environment);
            var answer = (await app.SendAsync("POST", "/items", Encoding.UTF8.GetBytes(Line), type)).IsError(415);
            Assert.Equal("application/json", answer.Headers["Accept-Post"]);
        }
    }

    [Fact]
    public async Task A_compressed_body_is_415()
    {
        await using var app = await HttpApp.StartAsync(Map);
        var answer = (await app.SendAsync("POST", "/items", Line, headers: ("Content-Encoding", "gzip"))).IsError(415);
        Assert.Equal("identity", answer.Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_the_app_lives_on()
    {
        await using var app = await HttpApp.StartAsync(Map, builder => builder.Configuration["MAX_BODY_SIZE"] = "2048", kestrel: true);
        var body = """{"product_title":"Tea","count":1""" + new string(' ', 2048 - Line.Length) + "}";
        Assert.Equal(200, (await app.SendAsync("POST", "/items", body)).Status);
        (await app.SendAsync("POST", "/items", body + " ")).IsError(413);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/items") { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(body + " "))) };
        chunked.Content.Headers.Add("Content-Type", "application/json");
        chunked.Headers.TransferEncodingChunked = true;
        using var response = await app.Client.SendAsync(chunked, TestContext.Current.CancellationToken);
        (await Answer.ReadAsync(response)).IsError(413);
        Assert.Equal(200, (await app.SendAsync("POST", "/large", body + " ")).Status);
        Assert.Equal(200, (await app.SendAsync("POST", "/items", body)).Status);
    }

    [Fact]
    public async Task Many_bodies_good_and_bad_travel_over_one_connection()
    {
        await using var app = await HttpApp.StartAsync(Map, kestrel: true);
        for (var round = 0; round < 50; round++)
        {
            Assert.Equal(200, (await app.SendAsync("POST", "/items", $$"""{"product_title":"{{new string('x', round * 400 % 10)}}y","count":1{{new string(' ', round * 4000)}}}""")).Status);
            (await app.SendAsync("POST", "/items", $$"""{"product_title":"Tea","count":"x"{{new string(' ', round * 1000)}}}""")).IsError(400);
        }
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\n\r\n")]
    [InlineData("POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nZZ\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GARBAGE\r\n\r\n")]
    public async Task What_is_no_http_is_400_and_the_connection_ends(string request)
    {
        await using var app = await HttpApp.StartAsync(Map, kestrel: true);
        using var socket = new TcpClient();
        await socket.ConnectAsync(app.Address.Host, app.Address.Port, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var rest = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Server:", rest, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Only_json_is_on_offer()
    {
        await using var app = await HttpApp.StartAsync(Map);
        foreach (var accept in new[] { "application/json", "*/*", "application/*", "text/html, */*;q=0.1", "application/problem+json", "APPLICATION/JSON;q=0.5" })
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
    public async Task Another_method_cannot_be_asked_for_in_a_header()
    {
        await using var app = await HttpApp.StartAsync(Map);
        foreach (var name in new[] { "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override" })
        {
            Assert.Equal(200, (await app.SendAsync("GET", "/items/1", headers: (name, "DELETE"))).Status);
        }
    }

    [Fact]
    public async Task A_typed_result_with_a_text_comes_in_the_one_shape()
    {
        await using var app = await HttpApp.StartAsync(Map);
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
        await using var app = await HttpApp.StartAsync(Map, kestrel: true);
        foreach (var path in new[] { "/items/1", "/nope", "/crash", "/results/409" })
        {
            var answer = await app.SendAsync("GET", path);
            Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
            Assert.Equal("DENY", answer.Headers["X-Frame-Options"]);
            Assert.Equal("default-src 'none'; frame-ancestors 'none'", answer.Headers["Content-Security-Policy"]);
            Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
            Assert.False(answer.Headers.ContainsKey("Server"));
        }
    }

    [Fact]
    public async Task A_crash_tells_nothing_but_its_trace()
    {
        await using var app = await HttpApp.StartAsync(Map, builder => builder.Logging.AddProvider(new Lines()));
        var answer = (await app.SendAsync("GET", "/crash", headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))).IsError(500);
        Assert.Equal("An unexpected error occurred.", answer.Message);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", answer.Json.GetProperty("trace_id").GetString());
    }

    [Fact]
    public async Task Json_is_compressed_for_who_asks()
    {
        await using var app = await HttpApp.StartAsync(Map);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/items/1");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        await using var text = new GZipStream(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        Assert.Contains("Tea", await new StreamReader(text).ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_origin_is_allowed_until_it_is_named()
    {
        (string, string)[] preflight = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")];
        await using var closed = await HttpApp.StartAsync(Map);
        Assert.False((await closed.SendAsync("OPTIONS", "/items/1", headers: preflight)).Headers.ContainsKey("Access-Control-Allow-Origin"));
        Assert.False((await closed.SendAsync("GET", "/items/1", headers: ("Origin", "https://evil.example"))).Headers.ContainsKey("Access-Control-Allow-Origin"));

        await using var open = await HttpApp.StartAsync(Map, builder => builder.Configuration["CORS_ORIGINS"] = "https://app.example,https://b.example");
        Assert.False((await open.SendAsync("OPTIONS", "/items/1", headers: preflight)).Headers.ContainsKey("Access-Control-Allow-Origin"));
        preflight[0] = ("Origin", "https://app.example");
        var allowed = await open.SendAsync("OPTIONS", "/items/1", headers: preflight);
        Assert.Equal("https://app.example", allowed.Headers["Access-Control-Allow-Origin"]);
        Assert.False(allowed.Headers.ContainsKey("Access-Control-Allow-Credentials"));
        foreach (var path in new[] { "/items/1", "/nope", "/crash" })
        {
            Assert.Equal("https://app.example", (await open.SendAsync("GET", path, headers: ("Origin", "https://app.example"))).Headers["Access-Control-Allow-Origin"]);
        }
    }

    [Fact]
    public async Task An_origin_that_is_none_stops_the_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => HttpApp.StartAsync(Map, builder => builder.Configuration["CORS_ORIGINS"] = "*,https://a.example/path"));
        Assert.Equal(2, fault.Faults.Count);
    }

    [Fact]
    public async Task Work_without_end_is_given_up_with_503()
    {
        await using var app = await HttpApp.StartAsync(Map, builder => builder.Configuration["REQUEST_TIMEOUT"] = "100ms");
        Assert.Equal("5", (await app.SendAsync("GET", "/endless")).IsError(503).Headers["Retry-After"]);
    }

    [Fact]
    public async Task Ready_names_what_is_not()
    {
        var healthy = true;
        await using var app = await HttpApp.StartAsync(Map, builder => builder.Services.AddHealthChecks()
            .AddCheck("database", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("password=secret"), ["ready"])
            .AddCheck("other", () => HealthCheckResult.Unhealthy()));
        Assert.Equal("""{"status":"ok","checks":{"database":"ok"}}""", (await app.SendAsync("GET", "/readyz")).Body);
        healthy = false;
        var answer = (await app.SendAsync("GET", "/readyz")).IsError(503);
        Assert.Equal(["database is not ready"], answer.Faults);
        Assert.Equal("5", answer.Headers["Retry-After"]);
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await app.SendAsync("GET", "/healthz")).Status);
    }

    [Fact]
    public async Task The_access_log_is_one_line_that_cannot_be_forged()
    {
        var log = new Lines();
        await using var app = await HttpApp.StartAsync(Map, builder => builder.Logging.AddProvider(log));
        await app.SendAsync("GET", "/nope%0d%0aGET%20/forged?token=secret", headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        await app.SendAsync("GET", "/items/1");
        var lines = log.Of("Carafe.Access");
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^GET /nope%0D%0AGET%20/forged 404 [0-9.]+ ms trace 0af7651916cd43dd8448eb211c80319c$", lines[0]);
        Assert.Empty(log.Of("Microsoft.AspNetCore"));
    }

    [Fact]
    public async Task A_body_whose_rules_would_not_run_stops_the_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => HttpApp.StartAsync(app => app.MapPost("/hidden", (Hidden hidden) => TypedResults.Ok(hidden.Title))));
        Assert.Contains("Hidden", Assert.Single(fault.Faults), StringComparison.Ordinal);
        Assert.Contains("public", Assert.Single(fault.Faults), StringComparison.Ordinal);
    }
}
