using System.CommandLine;
using System.Globalization;

namespace TaskBench;

/// <summary>Measures what tasks cost the requests of a web process.</summary>
internal static class CostCommand
{
    private const int RequestsASecond = 100;
    private const int Clients = 8;

    public static Command Create(WebApplication app)
    {
        var rounds = new Option<int>("--rounds") { Description = "How often each is measured, in turn.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "How long each is measured.", DefaultValueFactory = _ => 10 };
        var rate = new Option<int>("--rate") { Description = "How many tasks a second run beside requests.", DefaultValueFactory = _ => 1000 };
        var command = new Command("cost", "Measure requests while tasks run, and while none do.") { rounds, seconds, rate };
        command.SetAction(async (parsed, stop) =>
        {
            var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
            await using (var own = await RateCommand.StartAsync(url, false, stop))
            {
                await own.StopAsync(stop);
            }

            var (quiet, busy) = (new Load(), new Load());
            for (var round = 0; round < parsed.GetValue(rounds); round++)
            {
                await BesideAsync(url, parsed.GetValue(seconds), parsed.GetValue(rate), quiet, busy, stop);
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"""
                requests, {RequestsASecond}/s: p50 {At(quiet.Times, 0.5):0.00} ms and p95 {At(quiet.Times, 0.95):0.00} ms
                the same beside {parsed.GetValue(rate)} tasks/s: p50 {At(busy.Times, 0.5):0.00} ms and p95 {At(busy.Times, 0.95):0.00} ms
                requests of {Clients} clients that never wait: {At(quiet.Rates, 0.5):0}/s, and beside the tasks {At(busy.Rates, 0.5):0}/s
                """));
            return 0;
        });
        return command;
    }

    // One process for both, in slices of a second by turns: what else the machine does hits them alike.
    private static async Task BesideAsync(string url, int seconds, int rate, Load quiet, Load busy, CancellationToken stop)
    {
        using var client = new HttpClient();
        var (web, address) = await Child.StartWebAsync(client, url, "true", stop);
        await SliceAsync(client, address, 200, [], stop);
        await RushAsync(client, address, 200, stop);
        for (var slice = 0; slice < seconds; slice++)
        {
            await SliceAsync(client, address, 0, quiet.Times, stop);
            await SliceAsync(client, address, rate, busy.Times, stop);
            await Task.Delay(300, stop);
            quiet.Rates.Add(await RushAsync(client, address, 0, stop));
            busy.Rates.Add(await RushAsync(client, address, rate, stop));
            await Task.Delay(300, stop);
        }

        Child.End(web);
    }

    // Returns how many requests a second got a response when each client sends the next at once.
    private static async Task<double> RushAsync(HttpClient client, string address, int rate, CancellationToken stop)
    {
        var begun = TimeProvider.System.GetTimestamp();
        bool IsOn() => TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(1);
        async Task<int> SendAsync()
        {
            var count = 0;
            for (; IsOn(); count++)
            {
                using var response = await client.GetAsync($"{address}/orders/last", stop);
                response.EnsureSuccessStatusCode();
            }

            return count;
        }

        async Task<int> EnqueueAsync()
        {
            for (var tenth = 0; rate > 0 && tenth < 10; tenth++)
            {
                using var enqueued = await client.PostAsync($"{address}/nothing/{rate / 10}", null, stop);
                enqueued.EnsureSuccessStatusCode();
                await Task.Delay(TimeSpan.FromSeconds((tenth + 1) / 10d) is var at && at > TimeProvider.System.GetElapsedTime(begun)
                    ? at - TimeProvider.System.GetElapsedTime(begun) : TimeSpan.Zero, stop);
            }

            return 0;
        }

        var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => SendAsync()).Append(EnqueueAsync()));
        return counts.Sum() / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
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

    private static double At(List<double> all, double share) => all.Order().ElementAt((int)(all.Count * share));

    private sealed class Load
    {
        public List<double> Times { get; } = [];

        public List<double> Rates { get; } = [];
    }
}
