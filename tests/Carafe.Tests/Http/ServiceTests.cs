using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

public sealed class ServiceTests
{
    [Fact]
    public async Task Work_without_end_is_given_up_with_503()
    {
        await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Configuration["REQUEST_TIMEOUT"] = "100ms");
        Assert.Equal("5", (await app.SendAsync("GET", "/endless")).IsError(503).Headers["Retry-After"]);
    }

    [Fact]
    public async Task Ready_names_what_is_not()
    {
        var healthy = true;
        await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Services.AddHealthChecks()
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
        var log = new LogLines();
        await using var app = await SmallApp.StartAsync(Items.Map, builder => builder.Logging.AddProvider(log));
        await app.SendAsync("GET", "/nope%0d%0aGET%20/forged?token=secret",
            headers: ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        await app.SendAsync("GET", "/items/1");
        var lines = log.Of("Carafe.Access");
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^GET /nope%0D%0AGET%20/forged 404 [0-9.]+ ms .* trace 0af7651916cd43dd8448eb211c80319c$", lines[0]);
        Assert.Empty(log.Of("Microsoft.AspNetCore"));
    }
}
