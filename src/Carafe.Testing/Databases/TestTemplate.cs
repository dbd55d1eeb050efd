using System.Reflection;
using Microsoft.AspNetCore.TestHost;

namespace Carafe.Testing;

/// <summary>Migrates a database once, to be copied for each test.</summary>
internal static class TestTemplate
{
    /// <summary>Returns whether a factory makes the same app at each call: nothing is captured that could make it another.</summary>
    public static bool IsOneApp(Func<string[], Action<WebApplicationBuilder>?, WebApplication> create) =>
        create.Target?.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) is not { Length: > 0 };

    /// <summary>Starts the app on an empty database, which migrates it, and stops it again.</summary>
    public static async Task<string> MigrateAsync(Func<string[], Action<WebApplicationBuilder>?, WebApplication> create, string url)
    {
        await using var app = create(["--environment", "Testing"], builder =>
        {
            builder.WebHost.UseTestServer();
            // What the start writes, such as the next tick of a schedule, is found by tests at their time.
            builder.Services.AddSingleton<TimeProvider>(TestClock.Create());
            builder.Logging.ClearProviders();
            builder.Configuration.AddInMemoryCollection([new("DATABASE_URL", url)]);
        });
        await app.StartAsync();
        await app.StopAsync();
        return url;
    }
}
