using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Tests;

/// <summary>What no worker can finish: one with room for a single task gets all of it first, and goes on to what it can.</summary>
public sealed class BadTaskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Nothing_bad_blocks_the_queue_and_each_is_parked_with_its_name(string database)
    {
        await using var app = await Mailroom.StartAsync(database, Add);
        var forever = new TaskCompletionSource();
        var isDeaf = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SeedAsync(app);
        await using var worker = await Mailroom.BesideAsync(app, builder =>
        {
            Add(builder);
            builder.Configuration["TASK_WORKER"] = "true";
            builder.Configuration["TASK_CONCURRENCY"] = "1";
        });
        worker.Services.GetRequiredService<Desk>().OnSend = (task, _, _) => task.To == "deaf" ? Hear(isDeaf, forever) : Task.CompletedTask;

        // The limits go by the test's clock, and only while the task runs.
        await isDeaf.Task.WaitAsync(Patience);
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        await UntilAsync(app, all => all.All(task => task.State is TaskState.Succeeded or TaskState.Failed));
        forever.SetResult();

        var ended = await app.Tasks.ListAsync();
        var good = Assert.Single(ended, task => task.Name == "add");
        Assert.Equal((TaskState.Succeeded, 5), (good.State, good.Result!.Value.GetInt32()));
        var failed = ended.Where(task => task.State == TaskState.Failed).ToList();
        Assert.Equal(6, failed.Count);
        Assert.Equal(3, ended.Count(task => task is { Name: "echo", State: TaskState.Succeeded }));
        Assert.All(failed, task => Assert.InRange(task.Error!.Length, 1, 10_000));
        foreach (var error in new[]
        {
            "no task 'gone'", "'send_letter' has version 9, and this app knows it up to 1", "'send_letter', version 1, cannot be read", "Broken on the way out",
            "ran for 2 s and did not end", "1,000 tasks have enqueued one another",
        })
        {
            Assert.Single(failed, task => task.Error!.Contains(error, StringComparison.Ordinal));
        }
    }

    private static void Add(WebApplicationBuilder builder) => builder.Services
        .AddScoped<Leak>()
        .AddTask<Leave>((Leave _, Leak leak) => leak.UseAsync())
        .AddTask<Echo>((Echo echo, TaskClient tasks) => tasks.EnqueueAsync(echo, new TaskOptions { Priority = 50, Retries = 0 }));

    private static Task SeedAsync(TestApp app) => app.WithAsync<MailroomDb>(async db =>
    {
        db.AddRange(
            Row(0, "gone", 1, "{}"),
            Row(1, "send_letter", 9, "{}"),
            Row(2, "send_letter", 1, $$"""{"to":"a","cc":"{{new string('x', 1024 * 1024)}}"}"""),
            Row(3, "leave", 1, "{}"),
            Row(4, "echo", 1, "{}", depth: 997),
            Row(5, "send_letter", 1, """{"to":"deaf"}"""),
            Row(6, "add", 1, """{"one":2,"other":3}""", rank: 0));
        await db.SaveChangesAsync();
    });

    private static Task Hear(TaskCompletionSource heard, TaskCompletionSource forever)
    {
        heard.SetResult();
        return forever.Task;
    }

    private static TaskRow Row(int place, string name, int version, string arguments, int depth = 0, int rank = -50) => new()
    {
        Id = Guid.CreateVersion7(),
        Name = name,
        Version = version,
        Arguments = arguments,
        Queue = "default",
        Lane = "default",
        Rank = rank,
        EnqueuedAt = place,
        NextAt = place,
        Depth = depth,
        MaxAttempts = 1,
        SoftLimit = 1000,
        HardLimit = 2000,
        Retention = 86_400_000,
    };

    private static async Task UntilAsync(TestApp app, Predicate<IReadOnlyList<TaskInfo>> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition(await app.Tasks.ListAsync()))
        {
            await Task.Delay(20, timeout.Token);
        }
    }

    public sealed record Leave;

    public sealed record Echo;

    private sealed class Leak : IAsyncDisposable
    {
        private bool _isUsed;

        public Task UseAsync()
        {
            _isUsed = true;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => _isUsed ? throw new InvalidOperationException("Broken on the way out") : ValueTask.CompletedTask;
    }
}
