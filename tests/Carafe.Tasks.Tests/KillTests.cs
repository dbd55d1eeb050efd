using TaskBench;

namespace Carafe.Tasks.Tests;

/// <summary>Kills workers and the web process under load: <c>KILL_COUNT</c> of them, 8 by default, with <c>KILL_WORKERS</c> workers.</summary>
public sealed class KillTests
{
    private static readonly int Kills = Number("KILL_COUNT") ?? 8;

    [Fact]
    public async Task Every_task_runs_whoever_is_killed_on_SQLite()
    {
        var folder = Directory.CreateTempSubdirectory("carafe-kill-").FullName;

        using var run = new KillRun($"sqlite:///{folder}/kill.db", Number("KILL_WORKERS") ?? 2);
        var report = await run.RunAsync(Kills, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.True(report.IsGood, report.ToString());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_task_runs_whoever_is_killed_and_when_PostgreSQL_restarts()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();

        using var run = new KillRun(await server.CreateDatabaseAsync(), Number("KILL_WORKERS") ?? 3)
        {
            Halfway = async () =>
            {
                await server.KillAsync();
                await server.RestartAsync();
            },
        };
        var report = await run.RunAsync(Kills, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.True(report.IsGood, report.ToString());
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out var number) ? number : null;
}
