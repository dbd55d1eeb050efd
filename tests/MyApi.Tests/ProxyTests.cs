using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MyApi.Tests;

/// <summary>
/// MyApi behind the proxies that people put in front of it, from Debian's packages. Each is a process of its own with a configuration of its own.
/// </summary>
public sealed class ProxyTests
{
    private static readonly string[] Proxies = ["nginx", "nginx-tls", "haproxy", "varnishd"];

    // Hundreds of requests come from one address.
    private static readonly Dictionary<string, string> Settings = new() { ["FILES_MAX_BYTES"] = "100000", ["RATELIMIT_ENABLED"] = "false" };

    private static readonly Regex Parameter = new(@"\{\w+\}");
    private static readonly Regex Own = new(@"""trace_id"":""\w+""|\d{4}-\d\d-\d\dT[\d:.]+Z|""duration[^,}]*");

    public static TheoryData<string> Names => [.. Proxies];

    public static TheoryData<string, int> Uploads => [.. from proxy in Proxies from megabytes in (int[])[1, 5, 20] select (proxy, megabytes)];

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_refused_upload_is_answered_with_why(string proxy, int megabytes)
    {
        await using var api = await MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), Settings);
        await using var front = await Front.StartAsync(proxy, api.Client.BaseAddress!);
        var body = new byte[(megabytes * 1024 * 1024) + 1000];
        var token = await TokenAsync(api);
        // A hundred of each size.
        for (var round = 0; round < 25; round++)
        {
            foreach (var (path, signedIn, status) in new[] { ("/files/x", false, 401), ("/files/x", true, 413), ("/nope", false, 404), ("/posts", true, 413) })
            {
                using var request = new HttpRequestMessage(path == "/posts" ? HttpMethod.Post : HttpMethod.Put, path) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new("application/json");
                request.Headers.Authorization = signedIn ? new("Bearer", token) : null;
                // What a proxy closes after a refusal must not be used again, and a client cannot know.
                request.Headers.ConnectionClose = true;
                using var response = await front.Client.SendAsync(request);
                Assert.Equal((path, status), (path, (int)response.StatusCode));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_verb_passes(string proxy)
    {
        await using var api = await MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), Settings);
        await using var front = await Front.StartAsync(proxy, api.Client.BaseAddress!);
        front.Client.DefaultRequestHeaders.Authorization = new("Bearer", await TokenAsync(api));
        await front.Client.PostJson("/posts", new { title = "t", body = "b" }).Expect(201);
        await front.Client.PutJson("/posts/1", new { title = "t", body = "c" }).Expect(200);
        await front.Client.PatchJson("/posts/1", new { title = "u" }).Expect(200);
        await front.Client.GetAsync("/posts/1").Expect(200);
        using var head = await front.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/posts/1"));
        using var options = await front.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/posts/1"));
        Assert.Equal((200, 204), ((int)head.StatusCode, (int)options.StatusCode));
        await front.Client.DeleteAsync("/posts/1").Expect(204);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_expects_100_is_read_or_refused(string proxy)
    {
        await using var api = await MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), Settings);
        await using var front = await Front.StartAsync(proxy, api.Client.BaseAddress!);
        var token = await TokenAsync(api);
        foreach (var signedIn in new[] { false, true, false, true, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post,
                "/posts")
            { Content = new StringContent("""{"title":"t","body":"b"}""", Encoding.UTF8, "application/json") };
            request.Headers.ExpectContinue = true;
            request.Headers.Authorization = signedIn ? new("Bearer", token) : null;
            using var response = await front.Client.SendAsync(request);
            Assert.Equal(signedIn ? 201 : 401, (int)response.StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Clients_that_reset_in_any_phase_leave_the_next_ones_alone(string proxy)
    {
        await using var api = await MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), Settings);
        await using var front = await Front.StartAsync(proxy, api.Client.BaseAddress!);
        const string Request =
            "POST /posts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{\"title\":\"t\",\"body\":\"b\"}";
        for (var sent = 1; sent <= Request.Length; sent += 7)
        {
            using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, front.Client.BaseAddress!.Port), TestContext.Current.CancellationToken);
                await socket.SendAsync(Encoding.ASCII.GetBytes(Request[..sent]), TestContext.Current.CancellationToken);
                socket.Close(0);
            }

            await front.Client.GetAsync("/posts").Expect(200);
        }

        Assert.DoesNotContain("fail:", api.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_shared_cache_shows_nobody_what_the_api_would_not(string proxy)
    {
        await using var api = await MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), Settings);
        await using var front = await Front.StartAsync(proxy, api.Client.BaseAddress!);
        var tokens = new Dictionary<string, string?> { ["alice"] = await TokenAsync(api), ["bob"] = await TokenAsync(api, "bob"), ["nobody"] = null };
        foreach (var name in new[] { "alice", "bob" })
        {
            await SendAsync(api.Client, HttpMethod.Post, "/posts", tokens[name], """{"title":"t","body":"b"}""").Expect(201);
        }

        await SendAsync(api.Client, HttpMethod.Put, "/files/note.txt", tokens["alice"], "of alice").Expect(201);

        foreach (var path in await PathsAsync(api))
        {
            var (tag, tagged) = ((string?)null, "");
            foreach (var caller in new[] { "alice", "bob", "nobody", "alice", "nobody", "bob", "alice" })
            {
                using var direct = await SendAsync(api.Client, HttpMethod.Get, path, tokens[caller]);
                var due = await ShownAsync(direct);
                // Asks as well with the tag of the caller before. Whoever is told 304 goes on with what that tag was given with.
                foreach (var condition in new[] { null, tag })
                {
                    using var through = await SendAsync(front.Client, HttpMethod.Get, path, tokens[caller], condition: condition);
                    var shown = through.StatusCode == HttpStatusCode.NotModified ? tagged : await ShownAsync(through);
                    Assert.Equal(($"{path} as {caller}", due), ($"{path} as {caller}", shown));
                    (tag, tagged) = through.Headers.ETag is { } given ? (given.ToString(), shown) : (tag, tagged);
                }
            }
        }
    }

    [Fact]
    public async Task A_client_that_speaks_HTTP_2_to_the_proxy_reads_each_refusal()
    {
        await using var api = await MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), Settings);
        await using var front = await Front.StartAsync("nginx-tls", api.Client.BaseAddress!);
        using var client = front.Open(HttpVersion.Version20);
        var token = await TokenAsync(api);
        foreach (var megabytes in new[] { 1, 5, 20 })
        {
            var body = new string('x', (megabytes * 1024 * 1024) + 1000);
            foreach (var (path, bearer, status) in new[] { ("/files/x", null, 401), ("/files/x", token, 413), ("/nope", null, 404), ("/posts", token, 413) })
            {
                using var response = await SendAsync(client, path == "/posts" ? HttpMethod.Post : HttpMethod.Put, path, bearer, body);
                Assert.Equal((path, status, HttpVersion.Version20), (path, (int)response.StatusCode, response.Version));
            }

            await SendAsync(client, HttpMethod.Post, "/posts", token, """{"title":"t","body":"b"}""").Expect(201);
        }
    }

    private static async Task<IReadOnlyList<string>> PathsAsync(MyApiProcess api)
    {
        using var document = JsonDocument.Parse(await api.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        var paths = document.RootElement.GetProperty("paths").EnumerateObject().Where(path => path.Value.TryGetProperty("get", out _))
            .Select(path => path.Name.Replace("{path}", "note.txt", StringComparison.Ordinal));
        return [.. paths.SelectMany(path => path.Contains('{', StringComparison.Ordinal)
            ? new[] { Parameter.Replace(path, "1"), Parameter.Replace(path, "2") }
            : [path])];
    }

    // What each response has of its own: the trace, times, durations.
    private static async Task<string> ShownAsync(HttpResponseMessage response) =>
        $"{(int)response.StatusCode} {Own.Replace(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "")}";

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod method, string path, string? token, string? body = null, string? condition = null)
    {
        using var request = new HttpRequestMessage(method, path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, method == HttpMethod.Post ? "application/json" : "text/plain");
        if (condition is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", condition);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string> TokenAsync(MyApiProcess api, string name = "alice")
    {
        await api.Client.RegisterAsync(name).Expect(201);
        return (await api.Client.PostJson("/auth/login", new { email = $"{name}@example.com", password = Api.Password }).Expect(200))
            .GetProperty("access_token").GetString()!;
    }
}
