namespace Carafe.Tests.Configuration;

/// <summary>Where what an app writes lies.</summary>
public sealed class DataFolderTests
{
    [Fact]
    public async Task What_an_app_writes_in_a_test_is_gone_with_the_test()
    {
        string folder;
        await using (var app = await TestApp.StartAsync(Create))
        {
            var data = app.Services.GetRequiredService<DataFolder>();
            folder = data.Root;
            PrivateFiles.CreateFolder(data.Resolve("storage"));
            await File.WriteAllTextAsync(data.Resolve("storage/upload"), "bytes", TestContext.Current.CancellationToken);
            Assert.Equal("/elsewhere/x", data.Resolve("/elsewhere/x"));
        }

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Two_apps_in_a_test_have_two_folders()
    {
        await using var one = await TestApp.StartAsync(Create);
        await using var two = await TestApp.StartAsync(Create);

        Assert.NotEqual(one.Services.GetRequiredService<DataFolder>().Root, two.Services.GetRequiredService<DataFolder>().Root);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("var", "var")]
    public void Without_the_setting_it_is_the_content_root(string? setting, string below)
    {
        var builder = CarafeApp.CreateBuilder(["--environment", "Testing"]);
        builder.Configuration["DATA_FOLDER"] = setting;
        using var app = (IDisposable)builder.Build();

        Assert.Equal(Path.Combine(builder.Environment.ContentRootPath, below).TrimEnd('/'),
            ((WebApplication)app).Services.GetRequiredService<DataFolder>().Root.TrimEnd('/'));
    }

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = CarafeApp.CreateBuilder(args);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        return app;
    }
}
