using Carafe.Tests.Data;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests;

/// <summary>The smallest app there is: the kit, and what a test adds. Every other app of these tests has its own factory.</summary>
internal static class SmallApp
{
    public const string StrongSecret = "pZ3nK8vQ2rT7wX1yB5dF9hJ4mL6sA0cE";

    /// <summary>Starts it with the routes of a test.</summary>
    public static Task<TestApp> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, ITestDatabase? database = null,
        bool listen = false) =>
        TestApp.StartAsync((args, setUp) => Create(args, setUp, map), configure, database, listen);

    /// <summary>Builds it and does not start it, for what is found out before the start or at the start.</summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null) => Create(
        args,
        builder =>
        {
            builder.WebHost.UseTestServer();
            builder.Logging.ClearProviders();
            configure?.Invoke(builder);
        },
        map);

    /// <summary>Builds it in Testing with no settings but these.</summary>
    public static WebApplication Configured(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? configure = null,
        string environment = "Testing") =>
        Build(["--environment", environment], builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            configure?.Invoke(builder);
        });

    /// <summary>Returns what stops the start.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(WebApplication app) =>
        (await Assert.ThrowsAsync<ConfigurationException>(() => app.StartAsync(TestContext.Current.CancellationToken))).Errors;

    /// <summary>Returns the server in memory, for requests that no HttpClient can send, such as from another address.</summary>
    public static TestServer GetTestServer(this TestApp app) => (TestServer)app.Services.GetRequiredService<IServer>();

    /// <summary>The platform's generator takes one call of AddValidation in an assembly; this is it, for every app of these tests.</summary>
    public static void AddRules(this IServiceCollection services) => services.AddValidation();

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure, Action<WebApplication>? map)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.WithoutProviderCount().AddRules();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        map?.Invoke(app);
        return app;
    }
}
