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
        CertificateFiles.Write(cert, key, "CN=short", new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero));
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Configuration["TLS_CERT"] = cert;
            builder.Configuration["TLS_KEY"] = key;
            builder.Configuration["METRICS_TOKEN"] = Token;
        });
        using var prometheus = api.CreateClient();
        prometheus.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        Assert.DoesNotContain(api.Log, line => line.Contains("CN=short", StringComparison.Ordinal));

        await UntilLoggedAsync(api, "The certificate of CN=short expires at 2026-01-31", TimeSpan.FromDays(24));
        Assert.Equal("Healthy", (await api.Client.GetAsync("/readyz", Stop).Expect(200)).GetProperty("checks").GetProperty("certificate").GetString());
        await UntilLoggedAsync(api, "The certificate of CN=short expired at 2026-01-31", TimeSpan.FromDays(7));
        Assert.Equal("Degraded", (await api.Client.GetAsync("/readyz", Stop).Expect(200)).GetProperty("checks").GetProperty("certificate").GetString());
        Assert.Matches("tls_certificate_remaining_seconds\\{[^}]*\\} -", await prometheus.GetStringAsync("/metrics", Stop));

        CertificateFiles.Write(cert, key, "CN=next", new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await UntilAsync(api, async () => (await api.Client.GetAsync("/readyz", Stop).Expect(200)).GetProperty("checks").GetProperty("certificate").GetString()
            == "Healthy", TimeSpan.Zero);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task UntilLoggedAsync(TestApp api, string line, TimeSpan time) =>
        UntilAsync(api, () => Task.FromResult(api.Log.Any(logged => logged.Contains(line, StringComparison.Ordinal))), time);

    // The files are looked at each second of the app's clock.
    private static async Task UntilAsync(TestApp api, Func<Task<bool>> condition, TimeSpan time)
    {
        api.Clock.Advance(time);
        for (var patience = 1200; !await condition(); patience--)
        {
            Assert.True(patience > 0, string.Join('\n', api.Log));
            api.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, Stop);
        }
    }
}
