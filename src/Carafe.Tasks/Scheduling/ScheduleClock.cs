using Carafe.Tasks.Definitions;
using Carafe.Tasks.Enqueuing;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Scheduling;

/// <summary>
/// Enqueues the tasks of schedules. A tick is taken by moving the schedule's row on, in the transaction that enqueues the task: one worker of all succeeds.
/// </summary>
internal sealed class ScheduleClock(TaskDatabase database, TaskRowFactory rows, TaskWaker waker, IEnumerable<TaskSchedule> schedules)
{
    private readonly List<TaskSchedule> _schedules = [.. schedules];
    private readonly Dictionary<string, long?> _next = [];

    public IReadOnlyList<TaskSchedule> All => _schedules;

    /// <summary>Takes the ticks that are due. Returns when the next one is, or null when there is none.</summary>
    public async Task<long?> TickAsync(CancellationToken cancellationToken)
    {
        foreach (var schedule in _schedules.Where(schedule => !_next.TryGetValue(schedule.Name, out var next) || next <= database.Clock.Now))
        {
            _next[schedule.Name] = await database.WithAsync(db => TakeAsync(db, schedule, cancellationToken));
        }

        return _next.Values.Min();
    }

    /// <summary>Enqueues a schedule's task now, beside its ticks.</summary>
    public Task<Guid> RunNowAsync(TaskSchedule schedule, CancellationToken cancellationToken) => database.WithAsync(async db =>
    {
        var row = rows.Create(schedule.Create(), schedule.Options);
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        waker.WakeAll(db);
        return row.Id;
    });

    private async Task<long?> TakeAsync(DbContext db, TaskSchedule schedule, CancellationToken cancellationToken)
    {
        var now = database.Clock.Now;
        var known = await database.QueryAsync(db, "SELECT next_at, definition, NOW() FROM task_schedules WHERE name = @name",
            row => (Next: row.GetInt64(0), Definition: row.GetString(1), Now: row.GetInt64(2)), cancellationToken, ("name", schedule.Name));
        if (known is not [var row] || row.Definition != schedule.Definition)
        {
            return await PlanAsync(db, schedule, now, cancellationToken);
        }

        if (row.Next > row.Now)
        {
            return row.Next;
        }

        var (ticks, next) = schedule.Due(row.Next, row.Now);
        // A cron that has run out keeps a row that is never due.
        var stored = next ?? long.MaxValue;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var last = (Guid?)null;
        var taken = await database.ExecuteAsync(db,
            "UPDATE task_schedules SET next_at = @next, last_at = @last WHERE name = @name AND definition = @definition AND next_at = @tick", cancellationToken,
            ("next", stored), ("last", ticks.Count > 0 ? ticks[^1] : row.Next), ("name", schedule.Name), ("definition", schedule.Definition),
            ("tick", row.Next));
        if (taken == 1)
        {
            foreach (var _ in ticks)
            {
                var task = rows.Create(schedule.Create(), schedule.Options);
                last = task.Id;
                db.Add(task);
            }

            await db.SaveChangesAsync(cancellationToken);
            if (last is not null)
            {
                await database.ExecuteAsync(db, "UPDATE task_schedules SET last_task = @task WHERE name = @name", cancellationToken,
                    ("task", last), ("name", schedule.Name));
            }
        }

        await transaction.CommitAsync(cancellationToken);
        waker.WakeAll(db);
        // Whoever was first has moved it: the row is read again.
        return taken == 1 ? stored : now;
    }

    private async Task<long?> PlanAsync(DbContext db, TaskSchedule schedule, long now, CancellationToken cancellationToken)
    {
        var next = schedule.Next(now) ?? long.MaxValue;
        await database.ExecuteAsync(db,
            """
            INSERT INTO task_schedules (name, definition, next_at) VALUES (@name, @definition, @next)
            ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, next_at = excluded.next_at
                WHERE task_schedules.definition <> excluded.definition
            """,
            cancellationToken, ("name", schedule.Name), ("definition", schedule.Definition), ("next", next));
        return next;
    }
}
