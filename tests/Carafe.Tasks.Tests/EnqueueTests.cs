namespace Carafe.Tasks.Tests;

public sealed class EnqueueTests
{
    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_task_is_committed_with_what_it_belongs_to(string database)
    {
        await using var app = await Mailroom.StartAsync(database);

        await app.Client.PostAsync("/letters/ada", null).Expect(200);

        Assert.Equal("ada", (await app.Tasks.ExpectEnqueued<SendLetter>()).To);
        Assert.Equal(1, await app.WithAsync<MailroomDb, int>(db => db.Letters.CountAsync()));
        await app.Tasks.RunAsync();
        Assert.Equal(["ada"], app.Services.GetRequiredService<Desk>().To);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_task_is_rolled_back_with_what_it_belongs_to(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();

        await app.WithAsync<MailroomDb>(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Letters.Add(new Letter { To = "ada" });
            tasks.Enqueue(db, new SendLetter("ada"));
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
        });
        await app.WithAsync<MailroomDb>(async db =>
        {
            tasks.Enqueue(db, new SendLetter("bob"));
            db.Letters.Add(new Letter { To = new string('x', 81) });
            await Assert.ThrowsAnyAsync<Exception>(() => db.SaveChangesAsync());
        });

        await app.Tasks.ExpectNoneEnqueued<SendLetter>();
        Assert.Empty(await app.Tasks.RunAsync());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_task_in_a_transaction_of_the_app_is_taken_only_after_its_commit(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();

        await app.WithAsync<MailroomDb>(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            tasks.Enqueue(db, new SendLetter("ada"));
            await db.SaveChangesAsync();
            if (database == Mailroom.Postgres)
            {
                // On SQLite another writer would wait for this one.
                Assert.Empty(await app.Tasks.RunAsync());
            }

            await transaction.CommitAsync();
        });

        Assert.Single(await app.Tasks.RunAsync());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_highest_priority_starts_first_and_then_the_oldest(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        foreach (var (to, priority) in new[] { ("c", 0), ("d", 0), ("a", 100), ("e", -100), ("b", 1) })
        {
            await tasks.EnqueueAsync(new SendLetter(to), new TaskOptions { Priority = priority });
        }

        await app.Tasks.RunAsync();

        Assert.Equal(["a", "b", "c", "d", "e"], app.Services.GetRequiredService<Desk>().To);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_delayed_task_waits_and_an_expired_one_never_starts(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var later = await tasks.EnqueueAsync(new SendLetter("delay"), new TaskOptions { Delay = TimeSpan.FromMinutes(5) });
        await tasks.EnqueueAsync(new SendLetter("eta"), new TaskOptions { Eta = app.Clock.GetUtcNow().AddMinutes(10) });
        var stale = await tasks.EnqueueAsync(new SendLetter("stale"), new TaskOptions { ExpiresAfter = TimeSpan.FromSeconds(1) });
        app.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await app.Tasks.RunAsync());
        Assert.Equal(TaskState.Expired, (await tasks.FindAsync(stale))!.State);
        Assert.Equal(TaskState.Scheduled, (await tasks.FindAsync(later))!.State);

        app.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["delay"], (await app.Tasks.RunAsync()).Select(task => task.Arguments.GetProperty("to").GetString()));
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["eta"], (await app.Tasks.RunAsync()).Select(task => task.Arguments.GetProperty("to").GetString()));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Of_a_unique_key_one_waits_or_runs_at_a_time(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var desk = app.Services.GetRequiredService<Desk>();
        var key = new TaskOptions { UniqueKey = "daily" };
        desk.OnSend = async (task, _, cancel) =>
        {
            // While it runs.
            if (task.To == "first")
            {
                await tasks.EnqueueAsync(new SendLetter("third"), key, cancel);
                app.Clock.Advance(TimeSpan.FromMilliseconds(1));
            }
        };

        await tasks.EnqueueAsync(new SendLetter("first"), key);
        await tasks.EnqueueAsync(new SendLetter("second"), key);
        await tasks.EnqueueAsync(new SendLetter("other"), new TaskOptions { UniqueKey = "other" });
        await app.Tasks.RunAsync();
        app.Clock.Advance(TimeSpan.FromMilliseconds(10));
        await tasks.EnqueueAsync(new SendLetter("fourth"), key);
        await app.Tasks.RunAsync();

        Assert.Equal(["first", "other", "fourth"], desk.To);
        Assert.Equal(2, (await app.Tasks.ListAsync()).Count(task => task.State == TaskState.Skipped));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Of_a_unique_key_workers_take_one(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var claims = app.Services.GetRequiredService<Storage.ClaimStore>();
        for (var i = 0; i < 3; i++)
        {
            await tasks.EnqueueAsync(new SendLetter($"{i}"), new TaskOptions { UniqueKey = "daily" });
        }

        var claimed = await claims.ClaimAsync(new("default", "default"), 8, Guid.NewGuid(), default);
        claimed.AddRange(await claims.ClaimAsync(new("default", "default"), 8, Guid.NewGuid(), default));

        Assert.Single(claimed);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_unique_key_may_hold_for_a_period_after_success(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var key = new TaskOptions { UniqueKey = "hourly", UniqueFor = TimeSpan.FromHours(1) };
        foreach (var (to, wait) in new[] { ("first", 30), ("second", 31), ("third", 0) })
        {
            await tasks.EnqueueAsync(new SendLetter(to), key);
            await app.Tasks.RunAsync();
            app.Clock.Advance(TimeSpan.FromMinutes(wait));
        }

        Assert.Equal(["first", "third"], app.Services.GetRequiredService<Desk>().To);
    }

    [Fact]
    public async Task What_cannot_be_run_is_refused_with_its_name()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var tasks = app.Services.GetRequiredService<TaskClient>();

        foreach (var (enqueue, names) in new (Func<Task>, string[])[]
        {
            (() => tasks.EnqueueAsync("text"), ["String", "AddTask<String>"]),
            (() => tasks.EnqueueAsync(new SendLetter(new string('x', 1024 * 1024))), ["send_letter", "65,536"]),
            (() => tasks.EnqueueAsync(new SendLetter("a\0b")), ["send_letter", "NUL"]),
            (() => tasks.EnqueueAsync(new SendLetter("a"), new TaskOptions { Queue = "nobody" }), ["'nobody'", "default"]),
            (() => tasks.EnqueueAsync(new SendLetter("a"), new TaskOptions { Priority = 101 }), ["send_letter", "Priority"]),
            (() => tasks.EnqueueAsync(new SendLetter("a"), new TaskOptions { Retries = 101 }), ["Retries"]),
            (() => tasks.EnqueueAsync(new SendLetter("a"), new TaskOptions { Delay = TimeSpan.FromSeconds(-1) }), ["Delay"]),
            (() => tasks.EnqueueAsync(new SendLetter("a"), new TaskOptions { SoftLimit = TimeSpan.FromSeconds(2), HardLimit = TimeSpan.FromSeconds(1) }),
                ["HardLimit"]),
        })
        {
            var refused = await Assert.ThrowsAsync<ArgumentException>(enqueue);
            Assert.All(names, name => Assert.Contains(name, refused.Message, StringComparison.Ordinal));
        }

        Assert.Empty(await app.Tasks.ListAsync());
    }

    [Fact]
    public async Task A_task_that_enqueues_itself_for_ever_comes_to_an_end()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        app.Services.GetRequiredService<Desk>().OnSend = (task, _, cancel) => tasks.EnqueueAsync(task, new TaskOptions { Retries = 0 }, cancel);
        await tasks.EnqueueAsync(new SendLetter("ada"), new TaskOptions { Retries = 0 });

        var ran = await app.Tasks.AttemptAsync();

        Assert.Equal(1001, ran.Count);
        Assert.Contains("1,000 tasks have enqueued one another", ran[^1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inline_a_task_has_run_when_its_commit_returns()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite, builder => builder.Configuration["TASK_INLINE"] = "true");

        await app.Client.PostAsync("/letters/ada", null).Expect(200);

        Assert.Equal(["ada"], app.Services.GetRequiredService<Desk>().To);
    }
}
