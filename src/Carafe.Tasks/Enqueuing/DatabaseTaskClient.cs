using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Enqueuing;

/// <summary>Enqueues tasks into the app's database.</summary>
internal sealed class DatabaseTaskClient(TaskDatabase database, TaskRowFactory rows, TaskSaveInterceptor saves, TaskSteering steering) : TaskClient
{
    private const int MostInGroup = 1000;

    public override Guid Enqueue<TTask>(DbContext db, TTask task, TaskOptions? options = null) => Add(db, rows.Create(task, options));

    public override Task<Guid> EnqueueAsync<TTask>(TTask task, TaskOptions? options = null, CancellationToken cancellationToken = default)
    {
        var row = rows.Create(task, options);
        return database.WithAsync(async db =>
        {
            Add(db, row);
            await db.SaveChangesAsync(cancellationToken);
            return row.Id;
        });
    }

    public override IReadOnlyList<Guid> EnqueueChain(DbContext db, IReadOnlyList<object> tasks, TaskOptions? options = null)
    {
        RequireSome(tasks);
        var chain = tasks.Select(task => rows.Create(task, options)).ToList();
        for (var at = 1; at < chain.Count; at++)
        {
            chain[at - 1].ThenId = chain[at].Id;
            Block(chain[at], 1);
        }

        return [.. chain.Select(row => Add(db, row))];
    }

    public override IReadOnlyList<Guid> EnqueueGroup(DbContext db, IReadOnlyList<object> tasks, object? then = null, TaskOptions? options = null)
    {
        RequireSome(tasks);
        if (tasks.Count > MostInGroup)
        {
            throw new ArgumentException($"A group has at most {MostInGroup} tasks, and not {tasks.Count}: enqueue them in several groups.", nameof(tasks));
        }

        var group = tasks.Select(task => rows.Create(task, options)).ToList();
        if (then is not null)
        {
            var last = rows.Create(then, options);
            Block(last, group.Count);
            for (var at = 0; at < group.Count; at++)
            {
                (group[at].ThenId, group[at].Position) = (last.Id, at);
            }

            group.Add(last);
        }

        return [.. group.Select(row => Add(db, row))];
    }

    public override async Task<TaskInfo?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        await database.WithAsync(db => db.Set<TaskRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellationToken)) is { } row
            ? TaskReader.Read(row)
            : null;

    public override Task<bool> CancelAsync(Guid id, CancellationToken cancellationToken = default) => steering.CancelAsync(id, cancellationToken);

    public override Task<bool> RetryAsync(Guid id, CancellationToken cancellationToken = default) => steering.RetryAsync(id, cancellationToken);

    private Guid Add(DbContext db, TaskRow row)
    {
        db.Add(row);
        saves.Add(db, row.Name);
        return row.Id;
    }

    private static void Block(TaskRow row, int waits) => (row.State, row.Waits) = (TaskState.Blocked, waits);

    private static void RequireSome(IReadOnlyList<object> tasks)
    {
        if (tasks.Count == 0)
        {
            throw new ArgumentException("There are no tasks to enqueue.", nameof(tasks));
        }
    }
}
