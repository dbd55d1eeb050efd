namespace Carafe.Tests.Http;

/// <summary>Who calls is what the trusted proxies say, and nobody else.</summary>
public sealed class TrustedProxyTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.1", "10.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "192.0.2.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "192.0.2.1, 203.0.113.7, 10.9.9.9", "203.0.113.7")]
    [InlineData("10.0.0.0/8,198.51.100.0/24", "10.0.0.1", "192.0.2.1, 203.0.113.7, 198.51.100.4, 10.9.9.9", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1")]
    [InlineData("10.0.0.0/8", "192.0.2.9", "203.0.113.7", "192.0.2.9")]
    [InlineData("10.0.0.0/8", "10.0.0.1", "203.0.113.7, nonsense", "10.0.0.1")]
    [InlineData("10.0.0.0/8", "10.0.0.1", null, "10.0.0.1")]
    [InlineData("2001:db8::/32", "2001:db8::1", "2a00::5", "2a00::5")]
    [InlineData("", "10.0.0.1", "203.0.113.7", "10.0.0.1")]
    public async Task The_first_hop_from_the_right_that_is_not_trusted_is_the_caller(string trusted, string from, string? forwarded, string caller)
    {
        await using var app = await StartAsync(trusted);
        Assert.Equal(caller, await AskAsync(app, from, forwarded));
    }

    [Fact]
    public async Task The_scheme_comes_from_a_trusted_proxy_alone()
    {
        await using var app = await StartAsync("10.0.0.0/8");
        Assert.Equal("https", await AskAsync(app, "10.0.0.1", "203.0.113.7", "/scheme"));
        Assert.Equal("http", await AskAsync(app, "192.0.2.9", "203.0.113.7", "/scheme"));
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("proxy.example.com")]
    [InlineData("10.0.0.0/8,x")]
    public async Task What_is_no_network_is_refused_at_start(string trusted)
    {
        var fault = Assert.Throws<ConfigurationException>(() => SmallApp.Configured(new() { ["TRUSTED_PROXIES"] = trusted }));
        Assert.StartsWith("TRUSTED_PROXIES: ", Assert.Single(fault.Faults), StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_proxy_that_nobody_trusts_is_told_of_once()
    {
        await using var app = await StartAsync("");
        for (var i = 0; i < 3; i++)
        {
            await AskAsync(app, "10.0.0.1", "203.0.113.7");
        }

        Assert.Single(app.Log, line => line.Contains("TRUSTED_PROXIES", StringComparison.Ordinal));
    }

    private static Task<TestApp> StartAsync(string trusted) => SmallApp.StartAsync(
        app =>
        {
            app.MapGet("/caller", (HttpContext context) => $"{context.Connection.RemoteIpAddress}");
            app.MapGet("/scheme", (HttpContext context) => context.Request.Scheme);
        },
        builder => builder.Configuration["TRUSTED_PROXIES"] = trusted);

    private static async Task<string> AskAsync(TestApp app, string from, string? forwarded, string path = "/caller")
    {
        var context = await app.GetTestServer().SendAsync(
            context =>
            {
                context.Request.Path = path;
                context.Connection.RemoteIpAddress = IPAddress.Parse(from);
                context.Request.Headers["X-Forwarded-For"] = forwarded;
                context.Request.Headers["X-Forwarded-Proto"] = "https";
            },
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(context.Response.Body);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
