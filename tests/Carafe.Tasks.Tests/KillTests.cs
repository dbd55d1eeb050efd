using TaskBench;

namespace Carafe.Tasks.Tests;

/// <summary>A few of the kills of <c>bench/tasks</c>, which does hundreds: <c>dotnet run --project bench/tasks -- kill</c>.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task Every_task_runs_whoever_is_killed_on_SQLite()
    {
        var folder = Directory.CreateTempSubdirectory("carafe-kill-").FullName;

        using var run = new KillRun($"sqlite:///{folder}/kill.db", 2);
        var report = await run.RunAsync(8, TestContext.Current.CancellationToken);

        Assert.True(report.IsGood, report.ToString());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_task_runs_whoever_is_killed_and_when_PostgreSQL_restarts()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();

        using var run = new KillRun(await server.CreateDatabaseAsync(), 3)
        {
            Halfway = async () =>
            {
                await server.KillAsync();
                await server.RestartAsync();
            },
        };
        var report = await run.RunAsync(8, TestContext.Current.CancellationToken);

        Assert.True(report.IsGood, report.ToString());
    }
}
