using System.CommandLine;
using System.Globalization;

namespace TaskBench;

/// <summary>Measures what a worker costs a web process that has nothing to do.</summary>
internal static class IdleCommand
{
    public static Command Create(WebApplication app)
    {
        var rounds = new Option<int>("--rounds") { Description = "How often each is measured, in turn.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { Description = "How long each is measured.", DefaultValueFactory = _ => 60 };
        var command = new Command("idle", "Measure the CPU and memory of an idle worker that has run tasks before.") { rounds, seconds };
        command.SetAction(async (parsed, stop) =>
        {
            var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
            await using (var own = await RateCommand.StartAsync(url, false, stop))
            {
                await own.StopAsync(stop);
            }

            for (var round = 0; round < parsed.GetValue(rounds); round++)
            {
                var without = await MeasureAsync(url, "false", parsed.GetValue(seconds), stop);
                var with = await MeasureAsync(url, "true", parsed.GetValue(seconds), stop);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{with.Cpu:0.0} ms CPU a second and {with.Megabytes:0} MB with a worker, {without.Cpu:0.0} ms and {without.Megabytes:0} MB without"));
            }

            return 0;
        });
        return command;
    }

    private static async Task<(double Cpu, double Megabytes)> MeasureAsync(string url, string isWorker, int seconds, CancellationToken stop)
    {
        using var client = new HttpClient();
        var (web, address) = await Child.StartWebAsync(client, url, isWorker, stop);
        // What runs often is compiled twice, in the background: that must be over. The tasks of the process without a worker are run by the next one.
        for (var batch = 0; batch < 40; batch++)
        {
            using var enqueued = await client.PostAsync($"{address}/nothing/50", null, stop);
            await Task.Delay(100, stop);
        }

        await Task.Delay(TimeSpan.FromSeconds(20), stop);
        var before = Child.Cpu(web);
        await Task.Delay(TimeSpan.FromSeconds(seconds), stop);
        var idle = ((Child.Cpu(web) - before) / seconds, web.WorkingSet64 / 1024d / 1024);
        Child.End(web);
        return idle;
    }
}
