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
    [InlineData("10")]
    [InlineData("10.1/16")]
    public async Task What_is_no_network_is_refused_at_start(string trusted)
    {
        var fault = Assert.Throws<ConfigurationException>(() => SmallApp.Configured(new() { ["TRUSTED_PROXIES"] = trusted }));
        Assert.StartsWith("TRUSTED_PROXIES: ", Assert.Single(fault.Errors), StringComparison.Ordinal);
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

    [Theory]
    [InlineData("10.0.0.1", "for=203.0.113.7;proto=https;host=api.example.com", "203.0.113.7 https api.example.com")]
    [InlineData("10.0.0.1", "For=192.0.2.1, for=203.0.113.7;proto=https", "203.0.113.7 https localhost")]
    [InlineData("10.0.0.1", "for=203.0.113.7;proto=https;host=a.example, for=10.9.9.9;proto=http", "203.0.113.7 https a.example")]
    [InlineData("::ffff:10.0.0.1", "for=\"[2001:db8::7]:4711\";by=x", "2001:db8::7 http localhost")]
    [InlineData("10.0.0.1", "for=\"203.0.113.7:80\" ; proto=https", "203.0.113.7 https localhost")]
    [InlineData("10.0.0.1", "for=unknown;host=evil.example", "10.0.0.1 http localhost")]
    [InlineData("10.0.0.1", "for=_hidden", "10.0.0.1 http localhost")]
    [InlineData("10.0.0.1", "for=\"a, for=203.0.113.7", "203.0.113.7 http localhost")]
    [InlineData("10.0.0.1", "for=198.51.100.9;host=evil.example;x=\", for=203.0.113.7", "203.0.113.7 http localhost")]
    [InlineData("10.0.0.1", "for=198.51.100.9;x=\", for=\"[2001:db8::7]\"", "2001:db8::7 http localhost")]
    [InlineData("10.0.0.1", "for=10.0.0.2;x=\"a\\\", for=\"203.0.113.7\"", "203.0.113.7 http localhost")]
    [InlineData("10.0.0.1", "for=\"203.0.113.7\";by=\"a\"b\"", "10.0.0.1 http localhost")]
    [InlineData("10.0.0.1", "for=203.0.113.7;proto=ftp;host=\"a b\"", "203.0.113.7 http localhost")]
    [InlineData("10.0.0.1", "nonsense", "10.0.0.1 http localhost")]
    [InlineData("192.0.2.9", "for=203.0.113.7;proto=https;host=evil.example", "192.0.2.9 http localhost")]
    public async Task Forwarded_is_read_where_the_proxies_write_it(string from, string forwarded, string expected)
    {
        await using var app = await StartAsync("10.0.0.0/8", kind: "forwarded");
        Assert.Equal(expected, await AskAsync(app, from, "198.51.100.1", "/all", forwarded));
    }

    [Fact]
    public async Task Forwarded_is_not_read_where_the_proxies_write_the_other()
    {
        await using var app = await StartAsync("10.0.0.0/8");
        Assert.Equal("203.0.113.7 https localhost", await AskAsync(app, "10.0.0.1", "203.0.113.7", "/all", "for=198.51.100.1;host=evil.example"));
    }

    [Theory]
    [InlineData("10.0.0.1", "203.0.113.7 https api.example.com")]
    [InlineData("192.0.2.9", "192.0.2.9 http localhost")]
    public async Task The_host_comes_from_a_trusted_proxy_alone(string from, string expected)
    {
        await using var app = await StartAsync("10.0.0.0/8");
        Assert.Equal(expected, await AskAsync(app, from, "203.0.113.7", "/all", host: "api.example.com"));
    }

    private static Task<TestApp> StartAsync(string trusted, string? kind = null) => SmallApp.StartAsync(
        app =>
        {
            app.MapGet("/caller", (HttpContext context) => $"{context.Connection.RemoteIpAddress}");
            app.MapGet("/scheme", (HttpContext context) => context.Request.Scheme);
            app.MapGet("/all", (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host}");
        },
        builder => builder.Configuration.AddInMemoryCollection([new("TRUSTED_PROXIES", trusted), new("PROXY_HEADERS", kind)]));

    private static async Task<string> AskAsync(TestApp app, string from, string? forwarded, string path = "/caller", string? standard = null,
        string? host = null)
    {
        var context = await app.GetTestServer().SendAsync(
            context =>
            {
                context.Request.Path = path;
                context.Connection.RemoteIpAddress = IPAddress.Parse(from);
                context.Request.Headers["X-Forwarded-For"] = forwarded;
                context.Request.Headers["X-Forwarded-Proto"] = "https";
                context.Request.Headers["X-Forwarded-Host"] = host;
                context.Request.Headers["Forwarded"] = standard;
            },
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(context.Response.Body);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
