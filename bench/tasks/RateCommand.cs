using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TaskBench;

/// <summary>Measures tasks a second, the time from commit to start, and what an idle worker costs.</summary>
internal static class RateCommand
{
    public static Command Create(WebApplication app)
    {
        var count = new Option<int>("--tasks") { Description = "How many tasks.", DefaultValueFactory = _ => 20_000 };
        var enqueuers = new Option<int>("--enqueuers") { Description = "How many enqueue at once.", DefaultValueFactory = _ => 8 };
        var command = new Command("rate", "Measure throughput, latency and idle CPU in this process.") { count, enqueuers };
        command.SetAction(async (parsed, stop) =>
        {
            var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
            await using var own = BenchApp.Create(["--environment", "Development"], builder =>
            {
                builder.Configuration["DATABASE_URL"] = url;
                builder.Configuration["urls"] = "http://127.0.0.1:0";
            });
            await own.StartAsync(stop);
            var tasks = own.Services.GetRequiredService<TaskClient>();
            var output = parsed.InvocationConfiguration.Output;
            await RunAsync(own, tasks, 1000, 8, stop);
            var seconds = await RunAsync(own, tasks, parsed.GetValue(count), parsed.GetValue(enqueuers), stop);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"enqueued and done: {parsed.GetValue(count) / seconds:0} tasks/s"));
            var latencies = own.Services.GetRequiredService<Latencies>();
            for (var i = 0; i < 300; i++)
            {
                await tasks.EnqueueAsync(new Stamp(TimeProvider.System.GetTimestamp()), cancellationToken: stop);
                while (latencies.Count <= i)
                {
                    await Task.Delay(2, stop);
                }

                await Task.Delay(10, stop);
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"enqueue to start, idle, p50: {latencies.Median():0.0} ms"));
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(10), stop);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"idle: {(Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds / 10:0.0} ms CPU a second"));
            await own.StopAsync(stop);
            return 0;
        });
        return command;
    }

    private static async Task<double> RunAsync(WebApplication app, TaskClient tasks, int count, int enqueuers, CancellationToken stop)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, enqueuers).Select(at => Task.Run(async () =>
        {
            for (var i = at; i < count; i += enqueuers)
            {
                await tasks.EnqueueAsync(new Nothing(i), cancellationToken: stop);
            }
        }, stop)));
        while (true)
        {
            await using var scope = app.Services.CreateAsyncScope();
            if ((await scope.ServiceProvider.GetRequiredService<BenchDb>().Database
                .SqlQueryRaw<int>("SELECT 1 AS \"Value\" FROM tasks WHERE state IN (0, 3) LIMIT 1").ToListAsync(stop)).Count == 0)
            {
                return TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            }

            await Task.Delay(10, stop);
        }
    }
}
