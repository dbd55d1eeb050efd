using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TaskBench;

/// <summary>Measures tasks a second, the CPU of each, and the time from before the commit to the start.</summary>
internal static class RateCommand
{
    public static Command Create(WebApplication app)
    {
        var count = new Option<int>("--tasks") { Description = "How many tasks.", DefaultValueFactory = _ => 20_000 };
        var enqueuers = new Option<int>("--enqueuers") { Description = "How many enqueue at once.", DefaultValueFactory = _ => 8 };
        var batch = new Option<int>("--batch") { Description = "How many are enqueued in one transaction.", DefaultValueFactory = _ => 1 };
        var workers = new Option<int>("--workers") { Description = "How many worker processes; 0 means this one.", DefaultValueFactory = _ => 0 };
        var rounds = new Option<int>("--rounds") { Description = "How often it is measured.", DefaultValueFactory = _ => 3 };
        var command = new Command("rate", "Measure throughput, CPU and latency.") { count, enqueuers, batch, workers, rounds };
        command.SetAction(async (parsed, stop) =>
        {
            var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
            await using var own = await StartAsync(url, parsed.GetValue(workers) == 0, stop);
            var children = Enumerable.Range(0, parsed.GetValue(workers)).Select(_ => Child.Start(url, ["worker", "--concurrency", "8"])).ToList();
            var output = parsed.InvocationConfiguration.Output;
            try
            {
                await RunAsync(own, 2000, 8, 10, stop);
                for (var round = 0; round < parsed.GetValue(rounds); round++)
                {
                    var before = CpuOf(children);
                    var seconds = await RunAsync(own, parsed.GetValue(count), parsed.GetValue(enqueuers), parsed.GetValue(batch), stop);
                    var cpu = (CpuOf(children) - before) / parsed.GetValue(count);
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                        $"{parsed.GetValue(count) / seconds:0} tasks/s enqueued and done, {cpu:0.000} ms CPU each"));
                }

                if (children.Count == 0)
                {
                    var latency = await LatencyAsync(own, stop);
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                        $"to the start, idle, p50: {latency.Whole:0.0} ms from before the commit, {latency.After:0.0} ms from after it"));
                }
            }
            finally
            {
                children.ForEach(Child.End);
            }

            await own.StopAsync(stop);
            return 0;
        });
        return command;
    }

    public static async Task<WebApplication> StartAsync(string url, bool isWorker, CancellationToken stop)
    {
        var own = BenchApp.Create(["--environment", "Development"], builder =>
        {
            builder.Configuration["DATABASE_URL"] = url;
            builder.Configuration["TASK_WORKER"] = isWorker ? "true" : "false";
            builder.Configuration["urls"] = "http://127.0.0.1:0";
        });
        await own.StartAsync(stop);
        return own;
    }

    private static double CpuOf(List<Process> children)
    {
        using var own = Process.GetCurrentProcess();
        return Child.Cpu(own) + children.Sum(Child.Cpu);
    }

    private static async Task<double> RunAsync(WebApplication app, int count, int enqueuers, int batch, CancellationToken stop)
    {
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var begun = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, enqueuers).Select(at => Task.Run(async () =>
        {
            for (var done = at * batch; done < count; done += enqueuers * batch)
            {
                await using var scope = app.Services.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<BenchDb>();
                for (var i = done; i < Math.Min(done + batch, count); i++)
                {
                    tasks.Enqueue(db, new Nothing(i));
                }

                await db.SaveChangesAsync(stop);
            }
        }, stop)));
        while (true)
        {
            await using var scope = app.Services.CreateAsyncScope();
            // The order makes it read one entry of an index: what waits for the end must not cost what is measured.
            if (await scope.ServiceProvider.GetRequiredService<BenchDb>().Database.SqlQueryRaw<long?>(
                """
                SELECT COALESCE((SELECT next_at FROM tasks WHERE state = 0 ORDER BY next_at LIMIT 1),
                    (SELECT next_at FROM tasks WHERE state = 3 ORDER BY next_at LIMIT 1)) AS "Value"
                """).SingleAsync(stop) is null)
            {
                return TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            }

            await Task.Delay(25, stop);
        }
    }

    private static async Task<(double Whole, double After)> LatencyAsync(WebApplication app, CancellationToken stop)
    {
        var (tasks, latencies) = (app.Services.GetRequiredService<TaskClient>(), app.Services.GetRequiredService<Latencies>());
        var commits = new List<double>();
        for (var i = 0; i < 300; i++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await tasks.EnqueueAsync(new Stamp(begun), cancellationToken: stop);
            commits.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
            while (latencies.Count <= i)
            {
                await Task.Delay(2, stop);
            }

            await Task.Delay(10, stop);
        }

        return (Latencies.Median(latencies.All), Latencies.Median(latencies.All.Zip(commits, (whole, commit) => Math.Max(0, whole - commit))));
    }
}
