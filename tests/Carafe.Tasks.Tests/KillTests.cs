using TaskBench;

namespace Carafe.Tasks.Tests;

/// <summary>A few of the kills of <c>bench/tasks</c>, which does hundreds: <c>dotnet run --project bench/tasks -- kill</c>.</summary>
public sealed class KillTests
{
    [Theory]
    [InlineData(Mailroom.Sqlite, 2)]
    [InlineData(Mailroom.Postgres, 2)]
    public async Task Every_task_runs_whoever_is_killed(string database, int workers)
    {
        var folder = Directory.CreateTempSubdirectory("carafe-kill-").FullName;
        Assert.SkipWhen(database == Mailroom.Postgres && PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var url = database == Mailroom.Sqlite ? $"sqlite:///{folder}/kill.db" : await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

        using var run = new KillRun(url, workers);
        var report = await run.RunAsync(8, TestContext.Current.CancellationToken);

        Assert.True(report.IsGood, report.ToString());
        Directory.Delete(folder, recursive: true);
    }
}
