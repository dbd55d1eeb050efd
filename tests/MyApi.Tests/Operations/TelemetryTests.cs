using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace MyApi.Tests;

/// <summary>What Prometheus and a collector get of MyApi, and what nobody gets.</summary>
public sealed partial class TelemetryTests : IDisposable
{
    private const string Token = "a2V5LW9mLXByb21ldGhldXMtd2l0aC0zMi1ieXRlcw";

    private readonly string _folder = MyApiProcess.NewFolder();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Some of the metrics are the fast layer's.
    [Fact]
    [Trait("Needs", "FastSqlite")]
    public async Task Prometheus_finds_every_metric_that_the_documents_the_dashboard_and_the_alerts_name()
    {
        var address = FreeAddress();
        var (cert, key) = (Path.Combine(_folder, "cert.pem"), Path.Combine(_folder, "key.pem"));
        CertificateFiles.Write(cert, key, "CN=localhost", new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string>
        {
            ["METRICS_URL"] = address,
            ["TLS_CERT"] = cert,
            ["TLS_KEY"] = key,
            ["BACKUP_FOLDER"] = "backups",
            ["LIMITS__auth.Forgot"] = "1/hour",
            ["RATELIMIT_ENABLED"] = "true",
        });
        await UseAsync(api.Client);
        while (!(await api.Client.GetStringAsync($"{address}/metrics", Stop)).Contains("tasks_duration_seconds_count", StringComparison.Ordinal))
        {
            await Task.Delay(100, Stop);
        }

        var page = await api.Client.GetStringAsync($"{address}/metrics", Stop);
        var exported = Exported().Matches(page).Select(match => match.Groups["name"].Value).ToHashSet();
        var own = Own().Matches(page).Select(match => Suffix().Replace(match.Groups["name"].Value, "")).Distinct().Order();
        var documents = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/telemetry.md"), Stop);
        Assert.Equal(Row().Matches(documents).Select(match => match.Groups["name"].Value).Order(), own);
        foreach (var file in new[] { "ops/grafana/carafe.json", "ops/alerts/carafe.yml" })
        {
            var named = Named().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, file), Stop)).Select(match => match.Value).ToHashSet();
            Assert.NotEmpty(named);
            Assert.Equal((file, ""), (file, string.Join(' ', named.Except(exported))));
        }

        using var elsewhere = await api.Client.GetAsync($"{address}/posts", Stop);
        using var here = await api.Client.GetAsync("/metrics", Stop);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (elsewhere.StatusCode, here.StatusCode));
    }

    [Fact]
    public async Task Metrics_on_the_apps_own_address_ask_for_the_token()
    {
        await using var api = await Api.StartAsync(builder => builder.Configuration["METRICS_TOKEN"] = Token);
        using var client = api.CreateClient();
        await client.GetAsync("/metrics", Stop).Expect(401);
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token + "x");
        await client.GetAsync("/metrics", Stop).Expect(401);
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        await client.GetAsync("/posts", Stop).Expect(200);
        Assert.Contains("http_server_request_duration_seconds_count", await client.GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_settings_there_are_no_metrics()
    {
        await using var api = await Api.StartAsync();
        using var client = api.CreateClient();
        await client.GetAsync("/metrics", Stop).Expect(404);
    }

    [Fact]
    public async Task Settings_of_telemetry_that_cannot_be_are_listed_with_the_others()
    {
        var (code, output) = await MyApiProcess.RunAsync(_folder, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "ftp://collector",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "carrier-pigeon",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "a-secret",
            ["METRICS_URL"] = "nowhere",
            ["METRICS_TOKEN"] = "short",
        });
        Assert.Equal(78, code);
        Assert.All(
            new[] { "OTEL_EXPORTER_OTLP_ENDPOINT:", "OTEL_EXPORTER_OTLP_PROTOCOL:", "OTEL_EXPORTER_OTLP_HEADERS:", "METRICS_URL:", "METRICS_TOKEN:" },
            name => Assert.Contains(name, output, StringComparison.Ordinal));
        Assert.DoesNotContain("a-secret", output, StringComparison.Ordinal);
    }

    // The spans of the reads are the fast layer's.
    [Fact]
    [Trait("Needs", "FastSqlite")]
    public async Task A_collector_gets_traces_metrics_and_logs_without_what_callers_keep_secret()
    {
        await using var collector = await Collector.StartAsync();
        await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=of-the-collector",
        });
        var token = await UseAsync(api.Client);
        Assert.Equal(0, await api.SignalAsync("TERM"));
        Assert.Contains("SELECT posts", collector.Received("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("INSERT posts", collector.Received("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("auth.logins", collector.Received("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("Carafe.Access", collector.Received("/v1/logs"), StringComparison.Ordinal);
        Assert.Equal("of-the-collector", collector.Key);
        foreach (var signal in new[] { "/v1/traces", "/v1/metrics", "/v1/logs" })
        {
            var text = collector.Received(signal);
            Assert.Equal((signal, ""), (signal, string.Join(' ', Secrets(token).Where(secret => text.Contains(secret, StringComparison.Ordinal)))));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_collector_that_is_away_or_hangs_holds_up_no_request_and_is_logged_once(bool hangs)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        if (!hangs)
        {
            silent.Stop();
        }

        await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        });
        for (var round = 0; round < 20; round++)
        {
            await api.Client.GetAsync("/posts", Stop).Expect(200);
        }

        while (!api.Output.Contains("takes no telemetry", StringComparison.Ordinal))
        {
            await Task.Delay(100, Stop);
        }

        await api.Client.GetAsync("/posts", Stop).Expect(200);
        Assert.Equal(0, await api.SignalAsync("TERM"));
        Assert.Equal(2, api.Output.Split("takes no telemetry").Length);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string> Secrets(string token) =>
        [Api.Password, "a-wrong-password", token, "in-the-query", "in-the-body", "alice@example.com", "SELECT \""];

    // One of each: requests that succeed and fail, logins, a limit that refuses, a task, reads and writes. Returns the token.
    private static async Task<string> UseAsync(HttpClient client)
    {
        await client.RegisterAsync("alice").Expect(201);
        await client.PostJson("/auth/login", new { email = "alice@example.com", password = "a-wrong-password" }).Expect(401);
        var token = (await client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }).Expect(200))
            .GetProperty("access_token").GetString()!;
        using var post = new HttpRequestMessage(HttpMethod.Post, "/posts") { Content = JsonContent.Create(new { title = "t", body = "in-the-body" }) };
        post.Headers.Authorization = new("Bearer", token);
        await client.SendAsync(post, Stop).Expect(201);
        for (var round = 0; round < 2; round++)
        {
            using var list = await client.GetAsync("/posts?page=1", Stop);
            using var none = await client.GetAsync("/posts/999?key=in-the-query", Stop);
            using var forgot = await client.PostJson("/auth/forgot", new { email = "nobody@example.com" });
        }

        return token;
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }

    [GeneratedRegex(@"^(?<name>[a-z][a-z0-9_]*)[{ ]", RegexOptions.Multiline)]
    private static partial Regex Exported();

    [GeneratedRegex(@"^(?<name>[a-z][a-z0-9_]*)\{[^}]*otel_scope_name=""Carafe", RegexOptions.Multiline)]
    private static partial Regex Own();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^\| `[a-z._]+` \| `(?<name>[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    // What stands where a metric's name does: before a selector, a range or a comparison, or as the argument of a function.
    [GeneratedRegex(@"\b(api|auth|backup|db|dotnet|http_server|kestrel|limits|sqlite|tasks|tls)_[a-z0-9_]+\b(?=[\[{),]| >| /)")]
    private static partial Regex Named();
}
