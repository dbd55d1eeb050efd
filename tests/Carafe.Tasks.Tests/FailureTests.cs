using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Tests;

public sealed class FailureTests
{
    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_failed_attempt_is_repeated_after_a_wait_that_doubles(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var id = await tasks.EnqueueAsync(new Fail(4), new TaskOptions { Backoff = TimeSpan.FromSeconds(16), MaxBackoff = TimeSpan.FromSeconds(60) });

        foreach (var most in new[] { 16, 32, 60, 60 })
        {
            var failed = Assert.Single(await app.Tasks.AttemptAsync());
            var wait = (failed.DueAt!.Value - app.Clock.GetUtcNow()).TotalSeconds;
            Assert.Equal(TaskState.Scheduled, failed.State);
            Assert.InRange(wait, most * 0.74, most);
            Assert.Contains("Broken the", failed.Error, StringComparison.Ordinal);
            app.Clock.Advance(TimeSpan.FromSeconds(most / 2));
            Assert.Empty(await app.Tasks.AttemptAsync());
            app.Clock.Advance(TimeSpan.FromSeconds(most / 2));
        }

        await app.Tasks.RunAsync();
        var ended = (await tasks.FindAsync(id))!;
        Assert.Equal((TaskState.Succeeded, 5, null), (ended.State, ended.Attempt, ended.Error));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_poisoned_task_is_parked_with_its_error_and_can_be_retried(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var desk = app.Services.GetRequiredService<Desk>();
        desk.OnSend = (_, _, _) => throw new FormatException("No such street");
        var id = await tasks.EnqueueAsync(new SendLetter("ada"), new TaskOptions { Retries = 1, Backoff = TimeSpan.Zero });

        await app.Tasks.AttemptAsync();
        var parked = (await tasks.FindAsync(id))!;
        Assert.Equal((TaskState.Failed, 2), (parked.State, parked.Attempt));
        Assert.Contains("No such street", parked.Error, StringComparison.Ordinal);
        Assert.Contains(app.Log, line => line.Contains("No such street", StringComparison.Ordinal) && line.StartsWith("Error", StringComparison.Ordinal));

        desk.OnSend = null;
        Assert.True(await tasks.RetryAsync(id));
        Assert.False(await tasks.RetryAsync(id));
        await app.Tasks.RunAsync();
        Assert.Equal(TaskState.Succeeded, (await tasks.FindAsync(id))!.State);
    }

    [Fact]
    public async Task A_handler_may_choose_when_to_be_tried_again_and_when_never()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        app.Services.GetRequiredService<Desk>().OnSend = (task, _, _) =>
            throw (task.To == "later" ? new TaskRetryException(TimeSpan.FromHours(3), "Closed until then") : new TaskRejectedException("No such person"));
        var later = await tasks.EnqueueAsync(new SendLetter("later"));
        var never = await tasks.EnqueueAsync(new SendLetter("never"));

        await app.Tasks.AttemptAsync();

        Assert.Equal(app.Clock.GetUtcNow().AddHours(3), (await tasks.FindAsync(later))!.DueAt);
        Assert.Equal((TaskState.Failed, 1), ((await tasks.FindAsync(never))!.State, (await tasks.FindAsync(never))!.Attempt));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_this_app_does_not_know_is_tried_again_and_then_parked_with_its_name(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        await app.WithAsync<MailroomDb>(async db =>
        {
            db.AddRange(Row(0, "gone", 1, "{}"), Row(1, "send_letter", 2, "{}"), Row(2, "send_letter", 1, """{"to":"a","cc":"b"}"""),
                Row(3, "send_letter", 1, "{}"));
            await db.SaveChangesAsync();
        });

        var first = await app.Tasks.AttemptAsync();
        Assert.Equal(["Scheduled", "Scheduled", "Failed", "Failed"], first.Select(task => task.State.ToString()));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await app.Tasks.AttemptAsync();

        var all = await app.Tasks.ListAsync();
        Assert.All(all, task => Assert.Equal(TaskState.Failed, task.State));
        Assert.Contains("no task 'gone'", all[0].Error, StringComparison.Ordinal);
        Assert.Contains("'send_letter' has version 2, and this app knows it up to 1", all[1].Error, StringComparison.Ordinal);
        Assert.Contains("'send_letter', version 1, cannot be read", all[2].Error, StringComparison.Ordinal);
        Assert.Contains("'cc'", all[2].Error, StringComparison.Ordinal);
        Assert.Contains("'to'", all[3].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_runs_for_too_long_is_cancelled_and_one_that_does_not_react_is_abandoned()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var started = new SemaphoreSlim(0);
        var forever = new TaskCompletionSource();
        app.Services.GetRequiredService<Desk>().OnSend = (task, _, cancel) =>
        {
            started.Release();
            return task.To == "polite" ? Task.Delay(Timeout.Infinite, cancel) : forever.Task;
        };
        var limits = new TaskOptions { SoftLimit = TimeSpan.FromSeconds(5), HardLimit = TimeSpan.FromSeconds(9), Retries = 0 };
        foreach (var (to, error) in new[] { ("polite", "longer than 5 s"), ("deaf", "9 s and did not end") })
        {
            var id = await tasks.EnqueueAsync(new SendLetter(to), limits);
            var running = app.Tasks.AttemptAsync();
            await started.WaitAsync();
            app.Clock.Advance(TimeSpan.FromSeconds(5));
            if (to == "deaf")
            {
                Assert.False(running.IsCompleted);
                app.Clock.Advance(TimeSpan.FromSeconds(4));
            }

            await running;
            Assert.Contains(error, (await tasks.FindAsync(id))!.Error, StringComparison.Ordinal);
        }

        forever.SetResult();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_worker_that_lost_its_task_cannot_record_an_end(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var id = await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new SendLetter("ada"));
        var (claims, outcomes, workers) = (app.Services.GetRequiredService<ClaimStore>(), app.Services.GetRequiredService<OutcomeStore>(),
            app.Services.GetRequiredService<WorkerStore>());
        var lane = new Definitions.Lane("default", "default");
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        await workers.AddAsync(new WorkerRow { Id = one, Name = "one", Queues = "default" }, default);
        await workers.AddAsync(new WorkerRow { Id = other, Name = "other", Queues = "default" }, default);

        var lost = Assert.Single(await claims.ClaimAsync(lane, 8, one, default));
        Assert.Empty(await claims.ClaimAsync(lane, 8, other, default));
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        await workers.RenewAsync(other, 0, default);
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await workers.RescueAsync(default));
        Assert.False(await workers.RenewAsync(one, 1, default));
        var taken = Assert.Single(await claims.ClaimAsync(lane, 8, other, default));

        Assert.Equal((lost.Id, 2), (taken.Id, taken.Attempt));
        Assert.Empty(await outcomes.SucceedAsync([lost], default));
        Assert.False(await outcomes.SucceedAsync(lost, "1", default));
        Assert.False(await outcomes.RetryAsync(lost, TimeSpan.Zero, "no", default));
        Assert.False(await outcomes.ParkAsync(lost, "no", default));
        Assert.False(await outcomes.GiveBackAsync(lost, default));
        Assert.Equal([id], await workers.LostAsync(one, [id], default));
        Assert.Equal([id], await outcomes.SucceedAsync([taken], default));
    }

    private static TaskRow Row(int place, string name, int version, string arguments) => new()
    {
        Id = Guid.CreateVersion7(),
        Name = name,
        Version = version,
        Arguments = arguments,
        Queue = "default",
        Lane = "default",
        EnqueuedAt = place,
        NextAt = place,
        MaxAttempts = 2,
        Backoff = 1000,
        MaxBackoff = 1000,
    };
}
