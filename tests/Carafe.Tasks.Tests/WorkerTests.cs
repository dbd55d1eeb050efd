using System.Diagnostics;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Tests;

public sealed class WorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_web_process_runs_what_it_committed(string database)
    {
        await using var app = await Mailroom.StartAsync(database, Work);
        var sent = Signal(app);

        await app.Client.PostAsync("/letters/ada", null).Expect(200);

        Assert.Equal("ada", await sent.Task.WaitAsync(Patience));
        await UntilAsync(app, tasks => tasks.All(task => task.State == TaskState.Succeeded));
    }

    [Theory]
    [InlineData(Mailroom.Sqlite, "50ms")]
    [InlineData(Mailroom.Postgres, "10m")]
    public async Task A_worker_of_another_process_is_woken_by_the_database_or_polls(string database, string poll)
    {
        await using var app = await Mailroom.StartAsync(database);
        await using var worker = await Mailroom.BesideAsync(app, builder =>
        {
            Work(builder);
            builder.Configuration["TASK_POLL"] = poll;
        });
        var sent = Signal(worker.Services);
        await UntilAsync(app, _ => true, workers: 1);

        for (var i = 0; i < 3; i++)
        {
            await app.Client.PostAsync("/letters/ada", null).Expect(200);
        }

        await sent.Task.WaitAsync(Patience);
        await UntilAsync(app, tasks => tasks.Count == 3 && tasks.All(task => task.State == TaskState.Succeeded));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Two_workers_share_the_tasks_and_run_each_once(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        await using var one = await Mailroom.BesideAsync(app, Work);
        await using var other = await Mailroom.BesideAsync(app, Work);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        await app.WithAsync<MailroomDb>(async db =>
        {
            for (var i = 0; i < 300; i++)
            {
                tasks.Enqueue(db, new SendLetter($"{i}"));
            }

            await db.SaveChangesAsync();
        });

        await UntilAsync(app, all => all.All(task => task.State == TaskState.Succeeded));

        var sent = new[] { one, other }.SelectMany(worker => worker.Services.GetRequiredService<Desk>().To).ToList();
        Assert.Equal(300, sent.Count);
        Assert.Equal(300, sent.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_stop_lets_tasks_end_and_gives_back_those_that_do_not(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var worker = await Mailroom.BesideAsync(app, builder =>
        {
            Work(builder);
            builder.Configuration["TASK_STOP_TIMEOUT"] = "500ms";
        });
        var begun = new CountdownEvent(3);
        worker.Services.GetRequiredService<Desk>().OnSend = async (task, _, cancel) =>
        {
            begun.Signal();
            await (task.To switch
            {
                "quick" => StoppingAsync(worker.App),
                "polite" => Task.Delay(Timeout.Infinite, cancel),
                _ => Task.Delay(Timeout.Infinite, CancellationToken.None),
            });
        };
        var tasks = app.Services.GetRequiredService<TaskClient>();
        foreach (var to in new[] { "quick", "polite", "deaf" })
        {
            await tasks.EnqueueAsync(new SendLetter(to));
        }

        Assert.True(begun.Wait(Patience));
        await worker.DisposeAsync();

        var left = (await app.Tasks.ListAsync()).ToDictionary(task => task.Arguments.GetProperty("to").GetString()!);
        Assert.Equal((TaskState.Succeeded, 1), (left["quick"].State, left["quick"].Attempt));
        Assert.Equal((TaskState.Waiting, 0), (left["polite"].State, left["polite"].Attempt));
        Assert.Equal((TaskState.Waiting, 0), (left["deaf"].State, left["deaf"].Attempt));
        await app.Tasks.RunAsync();
        Assert.Equal(["polite", "deaf"], app.Services.GetRequiredService<Desk>().To);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_task_that_runs_can_be_cancelled_from_anywhere(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        await using var worker = await Mailroom.BesideAsync(app, builder =>
        {
            Work(builder);
            builder.Configuration["TASK_LEASE"] = "2s";
        });
        var (begun, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        worker.Services.GetRequiredService<Desk>().OnSend = async (_, _, cancel) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => cancelled.TrySetResult(), TaskScheduler.Default);
        };
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var id = await tasks.EnqueueAsync(new SendLetter("ada"));
        await begun.Task.WaitAsync(Patience);

        Assert.True(await tasks.CancelAsync(id));

        await cancelled.Task.WaitAsync(Patience);
        Assert.Equal(TaskState.Cancelled, (await tasks.FindAsync(id))!.State);
        Assert.False(await tasks.CancelAsync(id));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_task_that_ended_its_worker_each_time_is_parked(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var id = await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new SendLetter("bomb"), new TaskOptions { Retries = 1 });
        var (claims, workers) = (app.Services.GetRequiredService<ClaimStore>(), app.Services.GetRequiredService<WorkerStore>());

        for (var attempt = 1; attempt <= 2; attempt++)
        {
            // A worker that is in no list any more.
            Assert.Single(await claims.ClaimAsync(new("default", "default"), 8, Guid.NewGuid(), default));
            await workers.RescueAsync(default);
        }

        var parked = (await app.Services.GetRequiredService<TaskClient>().FindAsync(id))!;
        Assert.Equal((TaskState.Failed, 2), (parked.State, parked.Attempt));
        Assert.Contains("worker", parked.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_task_that_was_taken_though_the_response_was_lost_runs(string database)
    {
        await using var app = await Mailroom.StartAsync(database, builder =>
        {
            Work(builder);
            builder.Configuration["TASK_POLL"] = "50ms";
        });
        await UntilAsync(app, _ => true, workers: 1);
        await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new SendLetter("ada"), new TaskOptions { Delay = TimeSpan.FromHours(1) });
        await SqlAsync(app, "UPDATE tasks SET state = 3, attempt = 1, worker = (SELECT id FROM task_workers)");

        await SqlAsync(app, "ALTER TABLE tasks RENAME TO away");
        while (!app.Log.Any(line => line.Contains("could not be taken", StringComparison.Ordinal)))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await SqlAsync(app, "ALTER TABLE away RENAME TO tasks");

        await UntilAsync(app, tasks => tasks.All(task => task is { State: TaskState.Succeeded, Attempt: 1 }));
    }

    [Fact]
    public async Task The_trace_of_the_request_goes_on_in_the_task()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Carafe.Tasks" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var traces = new List<ActivityTraceId>();
        app.Services.GetRequiredService<Desk>().OnSend = (_, _, _) =>
        {
            traces.Add(Activity.Current!.TraceId);
            return Task.CompletedTask;
        };
        using var source = new ActivitySource("test");
        ActivityTraceId trace;
        using (var request = source.StartActivity("request"))
        {
            trace = request!.TraceId;
            await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new SendLetter("ada"));
        }

        await app.Tasks.RunAsync();

        Assert.Equal([trace], traces);
    }

    private static Task<int> SqlAsync(TestApp app, string sql) => app.WithAsync<MailroomDb, int>(db => db.Database.ExecuteSqlRawAsync(sql));

    private static void Work(WebApplicationBuilder builder) => builder.Configuration["TASK_WORKER"] = "true";

    private static TaskCompletionSource<string> Signal(TestApp app) => Signal(app.Services);

    private static TaskCompletionSource<string> Signal(IServiceProvider services)
    {
        var sent = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        services.GetRequiredService<Desk>().OnSend = (task, _, _) =>
        {
            sent.TrySetResult(task.To);
            return Task.CompletedTask;
        };
        return sent;
    }

    private static async Task StoppingAsync(WebApplication app)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
    }

    // What another process does can only be looked for.
    private static async Task UntilAsync(TestApp app, Predicate<IReadOnlyList<TaskInfo>> condition, int workers = 0)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition(await app.Tasks.ListAsync())
            || (await app.Services.GetRequiredService<TaskReader>().WorkersAsync(timeout.Token)).Count < workers)
        {
            await Task.Delay(20, timeout.Token);
        }
    }
}
