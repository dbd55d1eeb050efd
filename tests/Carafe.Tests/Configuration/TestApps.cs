using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Configuration;

/// <summary>Small apps in memory.</summary>
internal static class TestApps
{
    public const string StrongSecret = "pZ3nK8vQ2rT7wX1yB5dF9hJ4mL6sA0cE";

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        map?.Invoke(app);
        return app;
    }

    /// <summary>An app in Testing whose settings are only those given.</summary>
    public static WebApplication Configured(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? configure = null,
        string environment = "Testing") =>
        Build(["--environment", environment], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            configure?.Invoke(builder);
        });

    public static async Task<WebApplication> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null)
    {
        var app = Build(["--environment", "Testing"], configure, map);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    public static async Task<IReadOnlyList<string>> FaultsAsync(WebApplication app) =>
        (await Assert.ThrowsAsync<ConfigurationException>(() => app.StartAsync(TestContext.Current.CancellationToken))).Faults;
}
