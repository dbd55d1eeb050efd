using Microsoft.Extensions.Configuration.Json;

namespace Carafe.Tests.Configuration;

public sealed class ManyAppsTests
{
    [Fact]
    public async Task No_file_of_settings_is_watched()
    {
        using var folder = new TestFolder().With("appsettings.json", "{}").With("appsettings.Development.json", "{}").With(".env", "A=1");
        await using var app = SmallApp.Build(folder.Args("Development"));

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

        // Threads of the pool hold on to what they ran last until they run something else, and here other tests keep some of them waiting. A leak holds
        // every app.
        for (var round = 0; round < 20 && Alive(gone) > 3; round++)
        {
            await RunOnceAsync();
        }

        Assert.InRange(Alive(gone), 0, 3);
    }

    private static int Alive(List<WeakReference> gone)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return gone.Count(app => app.IsAlive);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> RunOnceAsync()
    {
        await using var app = SmallApp.Build(["--environment", "Testing"], map: app => app.MapGet("/", () => ""));
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
        return new WeakReference(app);
    }
}
