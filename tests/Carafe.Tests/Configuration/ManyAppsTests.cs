using Microsoft.Extensions.Configuration.Json;

namespace Carafe.Tests.Configuration;

public sealed class ManyAppsTests
{
    [Fact]
    public async Task No_file_of_settings_is_watched()
    {
        using var folder = new TestFolder().With("appsettings.json", "{}").With("appsettings.Development.json", "{}").With(".env", "A=1");
        await using var app = TestApps.Build(folder.Args("Development"));

        var files = ((IConfigurationRoot)app.Configuration).Providers.OfType<JsonConfigurationProvider>().ToList();

        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => file.Source.ReloadOnChange);
    }

    [Fact]
    public async Task An_app_that_is_gone_leaves_nothing_behind()
    {
        var gone = new List<WeakReference>();
        for (var round = 0; round < 20; round++)
        {
            gone.Add(await RunOnceAsync());
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        // The runtime may still hold the frames of the last round or two.
        Assert.InRange(gone.Count(app => app.IsAlive), 0, 3);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> RunOnceAsync()
    {
        await using var app = TestApps.Build(["--environment", "Testing"], map: app => app.MapGet("/", () => ""));
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
        return new WeakReference(app);
    }
}
