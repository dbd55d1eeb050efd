namespace MyApi.Tests;

/// <summary>A certificate that ends while the app runs, seen by its operator.</summary>
public sealed class CertificateLifeTests : IDisposable
{
    private const string Token = "a2V5LW9mLXByb21ldGhldXMtd2l0aC0zMi1ieXRlcw";

    private readonly string _folder = MyApiProcess.NewFolder();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_that_expires_is_said_before_and_after_in_the_log_the_metric_and_the_probe()
    {
        var (cert, key) = (Path.Combine(_folder, "cert.pem"), Path.Combine(_folder, "key.pem"));
        // The clock of a test begins with the year 2026.
        CertificateFiles.Write(cert, key, "CN=week", new(2026, 1, 8, 0, 1, 0, TimeSpan.Zero));
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Configuration["TLS_CERT"] = cert;
            builder.Configuration["TLS_KEY"] = key;
            builder.Configuration["METRICS_TOKEN"] = Token;
        });
        using var prometheus = api.CreateClient();
        prometheus.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        Assert.DoesNotContain(api.Log, line => line.Contains("CN=week", StringComparison.Ordinal));
        await UntilAsync(api, () => HasLoggedAsync(api, "The certificate of CN=week expires at 2026-01-08"));
        CertificateFiles.Write(cert, key, "CN=day", new(2026, 1, 3, 0, 0, 0, TimeSpan.Zero));
        await UntilAsync(api, () => HasLoggedAsync(api, "The certificate of CN=day expires at 2026-01-03"));
        Assert.Equal("ok", await HealthAsync(api));
        api.Clock.Advance(TimeSpan.FromDays(2));
        await UntilAsync(api, () => HasLoggedAsync(api, "The certificate of CN=day expired at 2026-01-03"));
        Assert.Equal("degraded", await HealthAsync(api));
        Assert.Matches("tls_certificate_remaining_seconds\\{[^}]*\\} -", await prometheus.GetStringAsync("/metrics", Stop));

        CertificateFiles.Write(cert, key, "CN=next", new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await UntilAsync(api, async () => await HealthAsync(api) == "ok");
    }

    [Fact]
    public async Task A_certificate_that_is_not_valid_yet_is_taken_when_it_is()
    {
        var (cert, key) = (Path.Combine(_folder, "cert.pem"), Path.Combine(_folder, "key.pem"));
        CertificateFiles.Write(cert, key, "CN=now", new(2026, 1, 8, 0, 1, 0, TimeSpan.Zero));
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Configuration["TLS_CERT"] = cert;
            builder.Configuration["TLS_KEY"] = key;
        });
        CertificateFiles.Write(cert, key, "CN=later", new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero));
        await UntilAsync(api, () => HasLoggedAsync(api, "The certificate of CN=later is served from 2026-01-05"));
        Assert.Equal("ok", await HealthAsync(api));
        // The other one has ended by then.
        api.Clock.Advance(TimeSpan.FromDays(10));
        await UntilAsync(api, async () => await HealthAsync(api) == "ok");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string?> HealthAsync(TestApp api) =>
        (await api.Client.GetAsync("/readyz", Stop).Expect(200)).GetProperty("checks").GetProperty("certificate").GetString();

    private static Task<bool> HasLoggedAsync(TestApp api, string line) =>
        Task.FromResult(api.Log.Any(logged => logged.Contains(line, StringComparison.Ordinal)));

    // The files are looked at each second of the app's clock.
    private static async Task UntilAsync(TestApp api, Func<Task<bool>> condition)
    {
        for (var patience = 1200; !await condition(); patience--)
        {
            Assert.True(patience > 0, string.Join('\n', api.Log));
            api.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(50, Stop);
        }
    }
}
