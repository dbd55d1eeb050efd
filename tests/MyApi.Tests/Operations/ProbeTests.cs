using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApi.Tests;

/// <summary>The probes of Kubernetes and of balancers.</summary>
public sealed class ProbeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/livez")]
    [InlineData("/healthz")]
    [InlineData("/startupz")]
    [InlineData("/readyz")]
    public async Task A_probe_passes_while_all_is_well(string path)
    {
        await using var api = await Api.StartAsync();
        await api.Client.GetAsync(path, Stop).Expect(200);
    }

    [Fact]
    public async Task Only_an_admin_reads_why_the_app_is_not_ready()
    {
        await using var api = await Api.StartAsync(builder => builder.Services.AddHealthChecks()
            .AddCheck("disk", () => HealthCheckResult.Unhealthy("/var/lib has no room"), tags: ["ready"]));
        var reasons = new List<string?>();
        foreach (var client in new[] { api.Client, api.As(await api.UserAsync("alice")), api.As(await api.AdminAsync()) })
        {
            reasons.Add((await client.GetAsync("/readyz", Stop).Expect(503)).GetProperty("errors").GetProperty("disk")[0].GetString());
            await client.GetAsync("/livez", Stop).Expect(200);
        }

        Assert.Equal(["is not ready", "is not ready", "/var/lib has no room"], reasons);
    }
}
