#if !POSTGRESQL && !MARIADB
using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace MyApi.Tests;

/// <summary>Ctrl-C ends a command that waits for another writer's transaction.</summary>
public sealed class InterruptTests
{
    [Theory]
    [InlineData("upgrade")]
    [InlineData("downgrade")]
    [InlineData("stamp", "head")]
    [InlineData("seed")]
    [InlineData("reset")]
    public async Task Ctrl_C_ends_a_command_that_waits_and_nothing_is_changed(params string[] command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Which files a process has open is asked of /proc.");
        var folder = MyApiProcess.NewFolder();
        var file = Path.Combine(folder, "app.db");
        var settings = new Dictionary<string, string> { ["DATABASE_URL"] = $"sqlite:///{file}" };
        Assert.Equal(0, (await MyApiProcess.RunAsync(folder, settings, "db", "upgrade")).ExitCode);
        await using (var other = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await RunAsync(other, "BEGIN IMMEDIATE");
            await using var process = MyApiProcess.Begin(folder, settings, ["db", .. command]);
            for (var patience = 600; patience > 0 && !process.HasOpen(file); patience--)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            var started = Stopwatch.GetTimestamp();
            Assert.Equal(130, await process.SignalAsync("INT"));
            // It would wait for minutes. A second is what a statement has to end in.
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), process.Output);
            Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await MyApiProcess.RunAsync(folder, settings, "db", "check")).ExitCode);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
#endif
