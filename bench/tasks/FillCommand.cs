using System.CommandLine;
using System.Globalization;
using Carafe.Tasks.Storage;

namespace TaskBench;

/// <summary>Fills the table by SQL, and measures what workers and the page ask of it.</summary>
internal static class FillCommand
{
    private const string Columns =
        """
        INSERT INTO tasks (id, name, version, arguments, queue, lane, state, rank, next_at, attempt, max_attempts, backoff, max_backoff, soft_limit,
            hard_limit, retention, unique_for, depth, position, waits, enqueued_at, finished_at)
        """;

    public static Command Create(WebApplication app)
    {
        var waiting = new Option<int>("--waiting") { Description = "How many wait.", DefaultValueFactory = _ => 1_000_000 };
        var finished = new Option<int>("--finished") { Description = "How many have ended.", DefaultValueFactory = _ => 10_000_000 };
        var command = new Command("fill", "Fill the table and measure its statements: each some times, in ms.") { waiting, finished };
        command.SetAction(async (parsed, stop) =>
        {
            var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
            await using var own = await RateCommand.StartAsync(url, false, stop);
            var database = own.Services.GetRequiredService<TaskDatabase>();
            await FillAsync(database, 4, parsed.GetValue(finished), stop);
            await FillAsync(database, 0, parsed.GetValue(waiting), stop);
            await database.ExecuteAsync(url.StartsWith("postgres", StringComparison.Ordinal) ? "VACUUM ANALYZE tasks" : "ANALYZE", stop);
            await MeasureAsync(own, parsed.InvocationConfiguration.Output, stop);
            await own.StopAsync(stop);
            return 0;
        });
        return command;
    }

    // The ended ones came first, a minute ago and before; one of a thousand failed.
    private static async Task FillAsync(TaskDatabase database, int state, int count, CancellationToken stop)
    {
        const int Step = 100_000;
        for (var from = 0; from < count; from += Step)
        {
            var (first, last) = (from + 1, Math.Min(from + Step, count));
            var ended = state == 4;
            await database.WithAsync(async db =>
            {
                var isPostgres = TaskDatabase.IsPostgres(db);
                var id = isPostgres ? $"CAST('{(ended ? "0198" : "019a")}' || lpad(to_hex(i), 8, '0') || '70008000000000000000' AS uuid)"
                    : $"printf('{(ended ? "0198" : "019A")}%04X-%04X-7000-8000-000000000000', i >> 16, i & 65535)";
                var rows = isPostgres ? $"FROM generate_series({first}, {last}) AS n(i)" : "FROM n";
                var with = isPostgres ? "" : $"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) ";
                return await database.ExecuteAsync(db, string.Create(CultureInfo.InvariantCulture,
                    $$$"""
                    {{{with}}}{{{Columns}}}
                    SELECT {{{id}}}, 'nothing', 1, '{"number":1}', 'default', 'default', {{{(ended ? "CASE WHEN i % 1000 = 0 THEN 5 ELSE 4 END" : "0")}}}, 0,
                        NOW() {{{(ended ? "+ 3600000 - 1000 * (i % 7200)" : "- 60000 - i % 60000")}}}, 0, 11, 5000, 3600000, 600000, 630000,
                        3600000, 0, 0, 0, 0, NOW() - 60000, {{{(ended ? "NOW() - 60000" : "CAST(NULL AS bigint)")}}} {{{rows}}}
                    """), stop);
            });
        }
    }

    private static async Task MeasureAsync(WebApplication app, TextWriter output, CancellationToken stop)
    {
        var (claims, workers, reader) = (app.Services.GetRequiredService<ClaimStore>(), app.Services.GetRequiredService<WorkerStore>(),
            app.Services.GetRequiredService<TaskReader>());
        var (lane, worker) = (new Carafe.Tasks.Definitions.Lane("default", "default"), Guid.NewGuid());
        await workers.AddAsync(new WorkerRow { Id = worker, Name = "fill", Queues = "default" }, stop);
        foreach (var (name, ask) in new (string, Func<Task>)[]
        {
            ("claim 8", () => claims.ClaimAsync(lane, 8, worker, stop)),
            ("peek", () => claims.PeekAsync([lane], stop)),
            ("promote", () => claims.PromoteAsync(stop)),
            ("rescue", () => workers.RescueAsync(stop)),
            ("tidy", () => workers.TidyAsync(stop)),
            ("prune a batch", () => workers.PruneAsync(stop)),
            ("page: queues", () => reader.QueuesAsync(stop)),
            ("page: all", () => reader.ListAsync(null, null, null, 100, stop)),
            ("page: failed", () => reader.ListAsync(TaskState.Failed, null, null, 100, stop)),
            ("page: waiting", () => reader.ListAsync(TaskState.Waiting, null, null, 100, stop)),
            ("page: succeeded", () => reader.ListAsync(TaskState.Succeeded, null, null, 100, stop)),
            ("page: running", () => reader.ListAsync(TaskState.Running, null, null, 100, stop)),
            ("page: a name that nothing has", () => reader.ListAsync(null, null, "nobody", 100, stop)),
        })
        {
            var times = new List<double>();
            for (var i = 0; i < 11; i++)
            {
                var begun = TimeProvider.System.GetTimestamp();
                await ask();
                times.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{name}: median {times.Order().ElementAt(5):0.0} ms, first {times[0]:0.0}, most {times.Max():0.0}"));
        }

        await workers.RemoveAsync(worker, stop);
    }
}
