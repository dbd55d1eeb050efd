using Microsoft.Extensions.Hosting;
using MyApi.Files;

namespace MyApi.Tests;

/// <summary>What the sweep removes, and above all what it does not.</summary>
public sealed class FileSweepTests : IDisposable
{
    private const string Orphan = "0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210";

    private static readonly DateTime Old = new(2025, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("myapi-sweep-").FullName;

    [Fact]
    public async Task Bytes_that_a_crash_left_are_removed_within_a_day_and_the_log_says_which()
    {
        await using var app = await StartAsync();
        var orphan = Plant(Orphan, Old);
        app.Clock.Advance(TimeSpan.FromDays(1));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((File.Exists(orphan) || !app.Log.Any(line => line.Contains(Orphan, StringComparison.Ordinal))) && !patience.IsCancellationRequested)
        {
            await Task.Yield();
        }

        Assert.False(File.Exists(orphan));
        Assert.Single(app.Log, line => line.Contains(Orphan, StringComparison.Ordinal));
        Assert.Equal("kept", await app.Client.GetStringAsync("/files/a.txt"));
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcdef.txt")]
    [InlineData(".123456789abcdef0123456789abcdef")]
    public async Task A_file_whose_name_is_not_of_the_apps_own_pattern_is_left_alone(string name)
    {
        await using var app = await StartAsync();
        var (strangers, orphan) = (Plant(name, Old), Plant(Orphan, Old));
        await SweepAsync(app);

        Assert.Equal((true, false), (File.Exists(strangers), File.Exists(orphan)));
    }

    [Fact]
    public async Task A_file_of_the_last_day_is_left_alone()
    {
        await using var app = await StartAsync();
        var (fresh, orphan) = (Plant(Other, new DateTime(2025, 12, 31, 12, 0, 0, DateTimeKind.Utc)), Plant(Orphan, Old));
        await SweepAsync(app);

        Assert.Equal((true, false), (File.Exists(fresh), File.Exists(orphan)));
    }

    [Fact]
    public async Task A_clock_that_is_ahead_does_not_make_a_fresh_upload_old()
    {
        await using var app = await StartAsync();
        app.Clock.AdjustTime(app.Clock.GetUtcNow().AddDays(3650));
        var (fresh, orphan) = (Plant(Other, null), Plant(Orphan, Old));
        await SweepAsync(app);

        Assert.Equal((true, false), (File.Exists(fresh), File.Exists(orphan)));
    }

    [Fact]
    public async Task An_upload_that_is_still_being_received_is_left_alone()
    {
        await using var app = await StartAsync();
        var (busy, orphan) = (Plant(Other, Old), Plant(Orphan, Old));
        await using var writer = new FileStream(busy, FileMode.Open, FileAccess.Write, FileShare.None);
        await SweepAsync(app);

        Assert.Equal((true, false), (File.Exists(busy), File.Exists(orphan)));
    }

    [Fact]
    public async Task A_folder_that_the_app_found_with_files_in_it_is_never_swept()
    {
        var (strangers, notes) = (Plant(Orphan, Old), Plant("notes.txt", Old));
        await using var app = await StartAsync();
        await SweepAsync(app);

        Assert.Equal((true, true), (File.Exists(strangers), File.Exists(notes)));
        Assert.Contains(app.Log, line => line.Contains("FILES_FOLDER", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_swept_while_the_database_names_no_file_at_all()
    {
        await using var app = await StartAsync();
        await app.As(await app.AdminAsync()).DeleteAsync("/files/a.txt").Expect(204);
        var orphan = Plant(Orphan, Old);
        await SweepAsync(app);

        Assert.True(File.Exists(orphan));
    }

    [Fact]
    public async Task A_database_that_names_few_of_very_many_files_is_taken_for_the_wrong_one()
    {
        await using var app = await StartAsync();
        var planted = Enumerable.Range(0, 150).Select(number => Plant($"{number:x32}", Old)).ToList();
        await SweepAsync(app);

        Assert.All(planted, file => Assert.True(File.Exists(file)));
        Assert.Contains(app.Log, line => line.Contains("DATABASE_URL", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<TestApp> StartAsync()
    {
        var app = await Api.StartAsync(builder => builder.Configuration["FILES_FOLDER"] = _folder);
        await app.As(await app.UserAsync("alice")).PutAsync("/files/a.txt", new StringContent("kept")).Expect(201);
        return app;
    }

    private string Plant(string name, DateTime? written)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, "left behind");
        if (written is { } time)
        {
            File.SetLastWriteTimeUtc(path, time);
        }

        return path;
    }

    private static Task SweepAsync(TestApp app) =>
        app.Services.GetServices<IHostedService>().OfType<FileSweep>().Single().SweepAsync(TestContext.Current.CancellationToken);
}
