using System.CommandLine;

namespace TaskBench;

/// <summary>Kills workers and web processes under load, and counts what became of the tasks.</summary>
internal static class KillCommand
{
    public static Command Create(WebApplication app)
    {
        var kills = new Option<int>("--kills") { Description = "How many processes to kill.", DefaultValueFactory = _ => 200 };
        var workers = new Option<int>("--workers") { Description = "How many worker processes there are.", DefaultValueFactory = _ => 2 };
        var command = new Command("kill", "Kill workers and the web process under load: each task must run, none may be lost.") { kills, workers };
        command.SetAction(async (parsed, stop) =>
        {
            var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
            using var run = new KillRun(url, parsed.GetValue(workers));
            var report = await run.RunAsync(parsed.GetValue(kills), stop);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(report.ToString());
            return report.IsGood ? 0 : 1;
        });
        return command;
    }
}
