using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TaskBench;

/// <summary>Measures what tasks cost a web process: idle, and beside requests.</summary>
internal static class CostCommand
{
    private const int RequestsASecond = 100;

    public static Command Create(WebApplication app)
    {
        var rounds = new Option<int>("--rounds") { Description = "How often each is measured, in turn.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "How long each is measured.", DefaultValueFactory = _ => 10 };
        var rate = new Option<int>("--rate") { Description = "How many tasks a second run beside requests.", DefaultValueFactory = _ => 1000 };
        var command = new Command("cost", "Measure idle CPU, memory, and requests while tasks run.") { rounds, seconds, rate };
        command.SetAction(async (parsed, stop) =>
        {
            var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
            await using (var own = await RateCommand.StartAsync(url, false, stop))
            {
                await own.StopAsync(stop);
            }

            var (with, without) = (new List<Idle>(), new List<Idle>());
            var (quiet, busy) = (new List<double>(), new List<double>());
            for (var round = 0; round < parsed.GetValue(rounds); round++)
            {
                without.Add(await IdleAsync(url, "false", parsed.GetValue(seconds), stop));
                with.Add(await IdleAsync(url, "true", parsed.GetValue(seconds), stop));
                await BesideAsync(url, parsed.GetValue(seconds), parsed.GetValue(rate), quiet, busy, stop);
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"""
                idle: {Median(with.Select(one => one.Cpu)):0.0} ms CPU a second with a worker, {Median(without.Select(one => one.Cpu)):0.0} without
                memory: {Median(with.Select(one => one.Megabytes)):0.0} MB with a worker, {Median(without.Select(one => one.Megabytes)):0.0} without
                requests, {RequestsASecond}/s: p50 {At(quiet, 0.5):0.00} ms and p95 {At(quiet, 0.95):0.00} ms
                the same beside {parsed.GetValue(rate)} tasks/s: p50 {At(busy, 0.5):0.00} ms and p95 {At(busy, 0.95):0.00} ms
                """));
            return 0;
        });
        return command;
    }

    private static async Task<Idle> IdleAsync(string url, string isWorker, int seconds, CancellationToken stop)
    {
        using var client = new HttpClient();
        var (web, _) = await WebAsync(client, url, isWorker, stop);
        await Task.Delay(TimeSpan.FromSeconds(5), stop);
        var before = Child.Cpu(web);
        await Task.Delay(TimeSpan.FromSeconds(seconds), stop);
        var idle = new Idle((Child.Cpu(web) - before) / seconds, web.WorkingSet64 / 1024d / 1024);
        Child.End(web);
        return idle;
    }

    // One process for both, in slices of a second by turns: what else the machine does hits them alike.
    private static async Task BesideAsync(string url, int seconds, int rate, List<double> quiet, List<double> busy, CancellationToken stop)
    {
        using var client = new HttpClient();
        var (web, address) = await WebAsync(client, url, "true", stop);
        await SliceAsync(client, address, 200, [], stop);
        for (var slice = 0; slice < seconds; slice++)
        {
            await SliceAsync(client, address, 0, quiet, stop);
            await SliceAsync(client, address, rate, busy, stop);
            await Task.Delay(300, stop);
        }

        Child.End(web);
    }

    private static async Task SliceAsync(HttpClient client, string address, int rate, List<double> all, CancellationToken stop)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < RequestsASecond; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / RequestsASecond) - TimeProvider.System.GetElapsedTime(begun);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, stop);
            }

            if (rate > 0 && i % 10 == 0)
            {
                using var enqueued = await client.PostAsync($"{address}/nothing/{rate / 10}", null, stop);
                enqueued.EnsureSuccessStatusCode();
            }

            var sent = TimeProvider.System.GetTimestamp();
            using var response = await client.GetAsync($"{address}/orders/last", stop);
            response.EnsureSuccessStatusCode();
            all.Add(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
        }
    }

    private static async Task<(Process Process, string Address)> WebAsync(HttpClient client, string url, string isWorker, CancellationToken stop)
    {
        var port = Child.FreePort();
        var web = Child.Start(url, ["run", "--port", $"{port}"], ("TASK_WORKER", isWorker));
        var address = $"http://127.0.0.1:{port}";
        while (true)
        {
            try
            {
                using var response = await client.GetAsync($"{address}/orders/last", stop);
                return (web, address);
            }
            catch (HttpRequestException) when (!web.HasExited)
            {
                await Task.Delay(100, stop);
            }
        }
    }

    private static double Median(IEnumerable<double> all) => At([.. all], 0.5);

    private static double At(List<double> all, double share) => all.Order().ElementAt((int)(all.Count * share));

    private sealed record Idle(double Cpu, double Megabytes);
}
