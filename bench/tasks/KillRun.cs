using System.Diagnostics;
using System.Globalization;

namespace TaskBench;

/// <summary>What became of the tasks.</summary>
public sealed record KillReport(int Kills, int Acknowledged, int Committed, int Tasks, int NeverRan, int RanTwice, int Unfinished, int Ticks, int TicksMissing)
{
    /// <summary>Each committed order has its task, each task ran and ended, each second has its tick.</summary>
    public bool IsGood => Committed >= Acknowledged && Tasks == Committed && NeverRan == 0 && Unfinished == 0 && TicksMissing == 0 && Committed > 0;
}

/// <summary>Runs one web process and some workers on a database, and kills them at random while orders come in.</summary>
public sealed class KillRun(string databaseUrl, int workerCount) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly List<Process> _workers = [];
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly int _port = Child.FreePort();
    private Process? _web;

    /// <summary>Gets what else happens after half of the kills, such as a restart of the database.</summary>
    public Func<Task> Halfway { get; init; } = () => Task.CompletedTask;

    public async Task<KillReport> RunAsync(int kills, CancellationToken cancellationToken)
    {
        await using var app = await StartOwnAsync(cancellationToken);
        var first = await NumberAsync(app, "SELECT next_at AS \"Value\" FROM task_schedules", cancellationToken);
        try
        {
            _workers.AddRange(Enumerable.Range(0, workerCount).Select(_ => Start("worker", "--concurrency", "4")));
            await StartWebAsync(cancellationToken);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var acknowledged = 0;
            var next = 0;
            var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    if (await OrderAsync(Interlocked.Increment(ref next)))
                    {
                        Interlocked.Increment(ref acknowledged);
                    }

                    await Task.Delay(10, CancellationToken.None);
                }
            }, CancellationToken.None)).ToList();
            for (var kill = 0; kill < kills; kill++)
            {
                await Task.Delay(Random.Shared.Next(200, 800), cancellationToken);
                await KillAsync(kill, cancellationToken);
                await (kill == kills / 2 ? Halfway() : Task.CompletedTask);
            }

            await end.CancelAsync();
            await Task.WhenAll(load);
            return await CountAsync(app, kills, acknowledged, first, cancellationToken);
        }
        finally
        {
            _workers.Append(_web).OfType<Process>().ToList().ForEach(Child.End);
            await app.StopAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _client.Dispose();

    // Every fourth time it is the web process.
    private async Task KillAsync(int kill, CancellationToken cancellationToken)
    {
        if (kill % 4 == 3)
        {
            Child.End(_web!);
            await StartWebAsync(cancellationToken);
            return;
        }

        var at = Random.Shared.Next(_workers.Count);
        Child.End(_workers[at]);
        _workers[at] = Start("worker", "--concurrency", "4");
    }

    private async Task<bool> OrderAsync(int number)
    {
        try
        {
            using var response = await _client.PostAsync($"http://127.0.0.1:{_port}/orders/{number}", null);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static async Task<KillReport> CountAsync(WebApplication app, int kills, int acknowledged, long first, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await using var scope = app.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<BenchDb>();
            async Task<int> ReadAsync(string sql) => (int)await NumberAsync(app, sql, cancellationToken);
            var left = await ReadAsync("SELECT count(*) AS \"Value\" FROM tasks WHERE name = 'step' AND state <> 4");
            if (left > 0 && TimeProvider.System.GetElapsedTime(begun) < Patience)
            {
                await Task.Delay(200, cancellationToken);
                continue;
            }

            return new KillReport(kills, acknowledged, await db.Orders.CountAsync(cancellationToken),
                await ReadAsync("SELECT count(*) AS \"Value\" FROM tasks WHERE name = 'step'"),
                await db.Orders.CountAsync(order => !db.Runs.Any(run => run.Number == order.Number), cancellationToken),
                await db.Runs.GroupBy(run => run.Number).CountAsync(group => group.Count() > 1, cancellationToken), left,
                await ReadAsync("SELECT count(*) AS \"Value\" FROM tasks WHERE name = 'tick'"),
                await ReadAsync(string.Create(CultureInfo.InvariantCulture,
                    $"SELECT (last_at - {first}) / 1000 + 1 - (SELECT count(*) FROM tasks WHERE name = 'tick') AS \"Value\" FROM task_schedules")));
        }
    }

    private static async Task<long> NumberAsync(WebApplication app, string sql, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var scope = app.Services.CreateAsyncScope();
                return await scope.ServiceProvider.GetRequiredService<BenchDb>().Database.SqlQueryRaw<long>(sql).SingleAsync(cancellationToken);
            }
            // A pooled connection of before the restart says so only when it is used.
            catch (InvalidOperationException error) when (error.InnerException is Npgsql.NpgsqlException { IsTransient: true } && attempt < 100)
            {
            }
        }
    }

    private async Task<WebApplication> StartOwnAsync(CancellationToken cancellationToken)
    {
        var app = BenchApp.Create(["--environment", "Development"], builder =>
        {
            builder.Configuration["DATABASE_URL"] = databaseUrl;
            builder.Configuration["TASK_WORKER"] = "false";
            builder.Configuration["BENCH_TICK"] = "true";
            builder.Configuration["urls"] = "http://127.0.0.1:0";
        });
        await app.StartAsync(cancellationToken);
        return app;
    }

    private async Task StartWebAsync(CancellationToken cancellationToken)
    {
        _web = Start("run", "--port", $"{_port}");
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var response = await _client.GetAsync($"http://127.0.0.1:{_port}/healthz", cancellationToken);
                return;
            }
            catch (HttpRequestException) when (TimeProvider.System.GetElapsedTime(begun) < Patience)
            {
                await Task.Delay(50, cancellationToken);
                // It ends when the database is away for longer than a start waits. A service manager would start it again.
                _web = _web.HasExited ? Start("run", "--port", $"{_port}") : _web;
            }
        }
    }

    private Process Start(params string[] args) => Child.Start(databaseUrl, args,
        ("TASK_LEASE", "2s"), ("TASK_WORKER", "false"), ("TASK_POLL", "200ms"), ("BENCH_TICK", "true"));
}
