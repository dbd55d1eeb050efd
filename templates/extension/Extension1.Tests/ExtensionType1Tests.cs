using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ExtensionNamespace1.Tests;

public sealed class ExtensionType1Tests
{
    [Fact]
    public async Task Each_app_has_settings_of_its_own()
    {
        await using var first = await TestApp.StartAsync(Create);
        await using var second = await TestApp.StartAsync(Create, builder => builder.Configuration["EXTENSION_SETTING_1_GREETING"] = "Welcome");

        Assert.Equal("Hello, Ann!", await first.Client.GetStringAsync("/greet?name=Ann"));
        Assert.Equal("Welcome, Ann!", await second.Client.GetStringAsync("/greet?name=Ann"));
    }

    [Fact]
    public async Task Its_exception_is_a_422()
    {
        await using var app = await TestApp.StartAsync(Create);

        await app.Client.GetAsync("/greet?name=").ExpectError(422);
    }

    [Fact]
    public async Task The_command_prints_a_greeting()
    {
        using var output = new StringWriter();
        var exit = await CarafeApp.RunAsync(["extension-command-1", "Ann", "--environment", "Testing"], Create, output);

        Assert.Equal(0, exit);
        Assert.Equal("Hello, Ann!", output.ToString().Trim());
    }

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddExtensionType1();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.MapGet("/greet", (string name, ExtensionType1 service) => service.Greet(name));
        return app;
    }
}
