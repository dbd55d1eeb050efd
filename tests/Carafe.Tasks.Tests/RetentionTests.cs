using Carafe.Tasks.Storage;
using Carafe.Tasks.Telemetry;
using Carafe.Tasks.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carafe.Tasks.Tests;

/// <summary>How ended tasks leave the table, however many there are.</summary>
public sealed class RetentionTests
{
    // What one beat of a worker deletes at most, and something on top.
    private const int Expired = 22_000;
    private const int MostOfABeat = 20_000;

    public static TheoryData<string> Databases => [Mailroom.Sqlite, Mailroom.Postgres];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_ended_is_deleted_after_its_time_in_batches(string database)
    {
        await using var app = await Mailroom.StartAsync(database);
        var (tasks, workers) = (app.Services.GetRequiredService<TaskClient>(), app.Services.GetRequiredService<WorkerStore>());
        await app.WithAsync<MailroomDb>(async db =>
        {
            for (var i = 0; i < 700; i++)
            {
                tasks.Enqueue(db, new Add(i, i), new TaskOptions { Retention = TimeSpan.FromHours(1) });
            }

            tasks.Enqueue(db, new Add(1, 1));
            tasks.Enqueue(db, new Fail(9), new TaskOptions { Retries = 0 });
            await db.SaveChangesAsync();
        });
        await app.Tasks.AttemptAsync();

        Assert.False(await workers.PruneAsync(default));
        app.Clock.Advance(TimeSpan.FromHours(2));
        Assert.True(await workers.PruneAsync(default));
        Assert.False(await workers.PruneAsync(default));

        Assert.Equal(["Succeeded", "Failed"], (await app.Tasks.ListAsync()).Select(task => task.State.ToString()));
    }

    [Fact]
    public async Task A_worker_that_has_much_to_delete_renews_its_lease_in_between()
    {
        await using var app = await Mailroom.StartAsync(Mailroom.Sqlite);
        var database = app.Services.GetRequiredService<TaskDatabase>();
        var waiting = await app.Services.GetRequiredService<TaskClient>().EnqueueAsync(new SendLetter("ada"));
        await SeedAsync(database);
        var lease = Lease(app);
        await lease.BeginAsync(CancellationToken.None);

        await lease.BeatAsync(CancellationToken.None);
        Assert.Equal(Expired - MostOfABeat, await CountAsync(database));
        await lease.BeatAsync(CancellationToken.None);
        Assert.Equal(0, await CountAsync(database));

        Assert.NotNull(await app.Services.GetRequiredService<TaskClient>().FindAsync(waiting));
    }

    private static WorkerLease Lease(TestApp app) => new(
        app.Services.GetRequiredService<WorkerStore>(), app.Services.GetRequiredService<MinuteStore>(), app.Services.GetRequiredService<TaskTally>(),
        app.Services.GetRequiredService<TaskSettings>(), app.Services.GetRequiredService<TaskWaker>(),
        new WorkerRow { Id = Guid.NewGuid(), Name = "test", Queues = "none" }, NullLogger.Instance);

    private static Task<int> SeedAsync(TaskDatabase database) => database.ExecuteAsync(
        $"""
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Expired})
        INSERT INTO tasks (id, name, version, arguments, queue, lane, state, rank, next_at, attempt, max_attempts, backoff, max_backoff, soft_limit,
            hard_limit, retention, unique_for, depth, position, waits, enqueued_at)
        SELECT printf('%08X-0000-7000-8000-000000000000', i), 'old', 1, '[]', 'default', 'default', 4, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM n
        """, CancellationToken.None);

    private static async Task<long> CountAsync(TaskDatabase database) =>
        (await database.QueryAsync("SELECT count(*) FROM tasks WHERE state = 4", row => row.GetInt64(0), CancellationToken.None))[0];
}
