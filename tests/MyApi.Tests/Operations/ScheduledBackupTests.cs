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
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Configuration["BACKUP_FOLDER"] = _folder;
            builder.Configuration["BACKUP_KEEP"] = "1";
        });
        await UntilAsync(api, () => api.Log.Any(line => line.Contains("The backup failed", StringComparison.Ordinal)));
        Assert.Equal([kept], Backups);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task UntilAsync(TestApp api, Func<bool> condition)
    {
        for (var patience = 1200; !condition(); patience--)
        {
            Assert.True(patience > 0, string.Join('\n', api.Log));
            await Task.Delay(50, Stop);
        }
    }
}
