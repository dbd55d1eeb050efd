using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Carafe.Tests.Configuration;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("Testing", null, null, "http://127.0.0.1:5000")]
    [InlineData("Production", null, null, "http://127.0.0.1:5000")]
    [InlineData("Testing", "8000", null, "http://127.0.0.1:8000")]
    [InlineData("Production", "8000", null, "http://*:8000")]
    [InlineData("Production", "8000", "http://10.0.0.1:80; http://[::1]:81", "http://10.0.0.1:80,http://[::1]:81")]
    [InlineData("Testing", null, "http://localhost:0", "http://localhost:0")]
    public async Task Urls_win_over_the_port_and_the_port_over_the_default(string environment, string? port, string? urls, string expected)
    {
        await using var app = SmallApp.Configured(
            new() { ["PORT"] = port, ["ASPNETCORE_URLS"] = urls, ["urls"] = "", ["http_ports"] = "", ["SECRET_KEY"] = SmallApp.StrongSecret },
            builder => builder.Services.AddSingleton<IServer, Addressed>(),
            environment);

        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, string.Join(',', app.Urls));
    }

    [Theory]
    [InlineData("urls", "http://127.0.0.1:7000")]
    [InlineData("http_ports", "8080")]
    [InlineData("Kestrel:Endpoints:Own:Url", "http://127.0.0.1:7000")]
    public async Task What_the_platform_was_told_is_left_to_it(string key, string value)
    {
        await using var app = SmallApp.Configured(new() { ["urls"] = "", ["http_ports"] = "", [key] = value },
            builder => builder.Services.AddSingleton<IServer, Addressed>());

        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain("http://127.0.0.1:5000", app.Urls);
    }

    [Fact]
    public async Task A_url_that_is_none_is_a_fault()
    {
        await using var app = SmallApp.Configured(new() { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0;5000;ftp://here" });

        Assert.Equal(
            [
                "ASPNETCORE_URLS: '5000' is not an address to listen on, such as http://127.0.0.1:5000.",
                "ASPNETCORE_URLS: 'ftp://here' is not an address to listen on, such as http://127.0.0.1:5000.",
            ],
            await SmallApp.FaultsAsync(app));
    }

    [Fact]
    public async Task A_test_server_keeps_its_own_address()
    {
        await using var app = await SmallApp.StartAsync(app => app.MapGet("/", () => "here"));

        Assert.Equal(new Uri("http://localhost/"), app.GetTestServer().BaseAddress);
        Assert.Equal("here", await app.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
    }

    /// <summary>A server that has addresses and listens nowhere.</summary>
    private sealed class Addressed : IServer
    {
        public Addressed() => Features.Set<IServerAddressesFeature>(new ServerAddressesFeature());

        public Microsoft.AspNetCore.Http.Features.IFeatureCollection Features { get; } = new Microsoft.AspNetCore.Http.Features.FeatureCollection();

        public void Dispose()
        {
        }

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
