namespace Carafe.Tasks.Tests;

public sealed class ChainTests
{
    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_last_task_of_a_group_gets_the_results_in_order(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var ids = await app.WithAsync<MailroomDb, IReadOnlyList<Guid>>(async db =>
        {
            var group = tasks.EnqueueGroup(db, [new Add(1, 2), new Add(3, 4), new Add(5, 6)], then: new Sum());
            await db.SaveChangesAsync();
            return group;
        });
        Assert.Equal(TaskState.Blocked, (await tasks.FindAsync(ids[3]))!.State);

        await app.Tasks.RunAsync();

        Assert.Equal([3, 7, 11, 21], (await Task.WhenAll(ids.Select(id => tasks.FindAsync(id)))).Select(task => task!.Result!.Value.GetInt32()));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_chain_stops_where_it_fails_and_goes_on_from_there(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        var desk = app.Services.GetRequiredService<Desk>();
        desk.OnSend = (task, _, _) => task.To == "b" && desk.Sent.Count < 3 ? throw new InvalidOperationException("b is out") : Task.CompletedTask;
        var ids = await app.WithAsync<MailroomDb, IReadOnlyList<Guid>>(async db =>
        {
            var chain = tasks.EnqueueChain(db, [new SendLetter("a"), new SendLetter("b"), new SendLetter("c"), new SendLetter("d")],
                new TaskOptions { Retries = 0 });
            await db.SaveChangesAsync();
            return chain;
        });

        await app.Tasks.AttemptAsync();
        Assert.Equal(["a", "b"], desk.To);
        await app.Tasks.AttemptAsync();
        Assert.Equal(["Succeeded", "Failed", "Failed", "Failed"], await StatesAsync());

        Assert.True(await tasks.RetryAsync(ids[1]));
        desk.Sent.Enqueue(("", default, 0));
        await app.Tasks.RunAsync();
        Assert.Equal(["Succeeded", "Succeeded", "Succeeded", "Succeeded"], await StatesAsync());

        async Task<IEnumerable<string>> StatesAsync() => (await Task.WhenAll(ids.Select(id => tasks.FindAsync(id)))).Select(task => task!.State.ToString());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_task_with_a_limit_waits_without_holding_up_the_others(string database)
    {
        await using var app = await Mailroom.StartAsync(database, builder => builder.Services.AddTask<Slow>(
            (Slow _) => Task.CompletedTask, new() { Rate = new(3, TimeSpan.FromMinutes(1)), Defaults = new() { Priority = 50 } }));
        var tasks = app.Services.GetRequiredService<TaskClient>();
        for (var i = 0; i < 5; i++)
        {
            await tasks.EnqueueAsync(new Slow(i));
        }

        await tasks.EnqueueAsync(new SendLetter("ada"));

        Assert.Equal(4, (await app.Tasks.RunAsync()).Count);
        Assert.Equal(["ada"], app.Services.GetRequiredService<Desk>().To);
        app.Clock.Advance(TimeSpan.FromSeconds(19));
        Assert.Empty(await app.Tasks.RunAsync());
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await app.Tasks.RunAsync());
        app.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(await app.Tasks.RunAsync());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_limit_of_concurrency_holds_over_all_workers(string database)
    {
        void Add(WebApplicationBuilder builder) => builder.Services.AddTask<Slow>((Slow _) => Task.CompletedTask, new() { Concurrency = 2 });
        await using var app = await Mailroom.StartAsync(database, Add);
        await using var beside = await Mailroom.BesideAsync(app, Add);
        var tasks = app.Services.GetRequiredService<TaskClient>();
        for (var i = 0; i < 6; i++)
        {
            await tasks.EnqueueAsync(new Slow(i));
        }

        var lane = new Definitions.Lane("default/slow", "default") { Concurrency = 2 };
        var claims = new[] { app.Services, beside.Services }.Select(services => services.GetRequiredService<Storage.ClaimStore>()).ToList();
        var claimed = await Task.WhenAll(Enumerable.Range(0, 10).Select(at => claims[at % 2].ClaimAsync(lane, 8, Guid.NewGuid(), default)));

        Assert.Equal(2, claimed.Sum(some => some.Count));
    }

    public sealed record Slow(int Id);
}
