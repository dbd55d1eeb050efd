namespace MyApi.Tests;

/// <summary>Backups by schedule: written, tried, and not kept for ever.</summary>
public sealed class ScheduledBackupTests : IDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IReadOnlyList<string> Backups => Directory.Exists(_folder) ? [.. Directory.GetFiles(_folder, "*.backup").Order()] : [];

    [Fact]
    public async Task Each_interval_has_a_backup_that_can_be_restored_and_the_oldest_go()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Configuration["DATABASE_URL"] = $"sqlite:///{data}/app.db";
            builder.Configuration["BACKUP_FOLDER"] = _folder;
            builder.Configuration["BACKUP_INTERVAL"] = "1h";
            builder.Configuration["BACKUP_KEEP"] = "2";
        });
        await api.UserAsync("alice");
        await UntilAsync(api, () => Backups.Count == 1);
        var first = Backups[0];
        while (Backups.Contains(first))
        {
            api.Clock.Advance(TimeSpan.FromMinutes(10));
            await Task.Delay(50, Stop);
        }

        await UntilAsync(api, () => Backups.Count == 2);
        Assert.Empty(Directory.GetFiles(_folder, "*.restored*"));
        var settings = new Dictionary<string, string> { ["DATABASE_URL"] = $"sqlite:///{data}/restored.db" };
        var (code, output) = await MyApiProcess.RunAsync(data, settings, "db", "restore", Backups[^1]);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task A_backup_that_fails_is_logged_and_deletes_nothing()
    {
        var kept = Path.Combine(_folder, "20200101T000000Z.backup");
        await File.WriteAllTextAsync(kept, "", Stop);
        Directory.CreateDirectory(Path.Combine(_folder, ".lock"));
        await using var api = await KeepOneAsync();
        await UntilAsync(api, () => api.Log.Any(line => line.Contains("The backup failed", StringComparison.Ordinal)));
        Assert.Equal([kept], Backups);
    }

    [Fact]
    public async Task A_backup_dated_ahead_of_the_clock_stops_none_is_named_once_and_stays()
    {
        var ahead = Path.Combine(_folder, "20990101T000000Z.backup");
        await File.WriteAllTextAsync(ahead, "", Stop);
        await using var api = await KeepOneAsync();
        await UntilAsync(api, () => Backups.Count == 2);
        Assert.Equal(ahead, Backups[^1]);
        Assert.Single(api.Log, line => line.Contains("is dated ahead of this clock", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, ".lock")));
        }
    }

    [Fact]
    public async Task An_attempt_that_fails_leaves_nothing_and_takes_what_earlier_ones_left()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "20200101T000000Z.backup.unverified"), "", Stop);
        // The clock of a test begins here: the name of the backup is taken.
        Directory.CreateDirectory(Path.Combine(_folder, "20260101T000000Z.backup"));
        await using var api = await KeepOneAsync();
        await UntilAsync(api, () => api.Log.Any(line => line.Contains("The backup failed", StringComparison.Ordinal)));
        Assert.Empty(Directory.GetFiles(_folder, "*.unverified*"));
        Assert.Empty(Backups);
    }

    [Theory]
    [InlineData("/sys")]
    [InlineData("/proc")]
    public async Task A_folder_that_takes_no_files_is_an_error_in_the_log_and_not_the_end(string closed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has folders that take files from nobody.");
        var link = Path.Combine(_folder, "link");
        Directory.CreateSymbolicLink(link, closed);
        await using var api = await Api.StartAsync(builder => builder.Configuration["BACKUP_FOLDER"] = link);
        await UntilAsync(api, () => api.Log.Any(line => line.Contains("The backup failed", StringComparison.Ordinal)));
        Directory.Delete(link);
        Directory.CreateDirectory(link);
        await UntilAsync(api, () =>
        {
            api.Clock.Advance(TimeSpan.FromMinutes(1));
            return Directory.GetFiles(link, "*.backup").Length > 0;
        });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestApp> KeepOneAsync() => Api.StartAsync(builder =>
    {
        builder.Configuration["BACKUP_FOLDER"] = _folder;
        builder.Configuration["BACKUP_KEEP"] = "1";
    });

    private static async Task UntilAsync(TestApp api, Func<bool> condition)
    {
        for (var patience = 1200; !condition(); patience--)
        {
            Assert.True(patience > 0, string.Join('\n', api.Log));
            await Task.Delay(50, Stop);
        }
    }
}
