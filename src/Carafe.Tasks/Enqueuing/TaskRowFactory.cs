using System.Diagnostics;
using System.Globalization;
using Carafe.Tasks.Definitions;
using Carafe.Tasks.Running;
using Carafe.Tasks.Storage;

namespace Carafe.Tasks.Enqueuing;

/// <summary>Makes the row of a task, or refuses it.</summary>
internal sealed class TaskRowFactory(TaskCatalog catalog, TaskSettings settings, TaskClock clock, IHttpContextAccessor http)
{
    // A task that enqueues itself at the end of each run would never stop. A schedule is the way to do something again and again.
    private const int MostInARow = 1000;

    private static readonly TaskOptions Standard = new()
    {
        Priority = 0,
        Retries = 10,
        Backoff = TimeSpan.FromSeconds(5),
        MaxBackoff = TimeSpan.FromHours(1),
        SoftLimit = TimeSpan.FromMinutes(10),
    };

    private readonly TaskIds _ids = new();

    public TaskRow Create(object task, TaskOptions? options)
    {
        var definition = catalog.Of(task.GetType());
        var given = (options ?? new TaskOptions()).Over(definition.Defaults).Over(Standard);
        if (given.HardLimit is { } limit && limit < given.SoftLimit && options?.SoftLimit is null && definition.Defaults.SoftLimit is null)
        {
            given = given with { SoftLimit = limit };
        }

        if (given.Error() is { } error)
        {
            throw new ArgumentException($"The task '{definition.Name}' is not enqueued: {error}.");
        }

        var queue = given.Queue ?? TaskNames.DefaultQueue;
        if (!catalog.Queues.Contains(queue))
        {
            throw new ArgumentException($"The task '{definition.Name}' is not enqueued: nobody works on the queue '{queue}'. "
                + $"Known are {string.Join(", ", catalog.Queues)}; add it to TASK_QUEUES, or to the defaults of a task.");
        }

        var now = clock.Now;
        var due = given.Eta is { } eta ? Math.Max(now, eta.ToUnixTimeMilliseconds()) : now + Milliseconds(given.Delay);
        return new TaskRow
        {
            Id = _ids.Next(now),
            Name = definition.Name,
            Version = definition.Version,
            Arguments = Arguments(task, definition),
            Queue = queue,
            Lane = definition.LaneOf(queue).Name,
            State = due > now ? TaskState.Scheduled : TaskState.Waiting,
            Rank = -given.Priority!.Value,
            NextAt = due,
            ExpiresAt = given.ExpiresAfter is { } expires ? now + Milliseconds(expires) : null,
            MaxAttempts = given.Retries!.Value + 1,
            Backoff = Milliseconds(given.Backoff),
            MaxBackoff = Milliseconds(given.MaxBackoff),
            SoftLimit = Milliseconds(given.SoftLimit),
            HardLimit = Milliseconds(given.HardLimit ?? given.SoftLimit + TimeSpan.FromSeconds(30)),
            // The key holds for as long as the row is there.
            Retention = Math.Max(Milliseconds(given.Retention ?? settings.TaskRetention), Milliseconds(given.UniqueFor)),
            UniqueKey = given.UniqueKey is { } key ? $"{definition.Name}:{key}" : null,
            UniqueFor = Milliseconds(given.UniqueFor),
            Owner = given.Owner ?? http.HttpContext?.User.FindFirst("sub")?.Value,
            Trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null,
            Depth = Depth(definition),
            EnqueuedAt = now,
        };
    }

    private static string Arguments(object task, TaskDefinition definition)
    {
        var json = TaskJson.Write(task, definition.Type);
        if (json.Length > TaskJson.MostCharacters)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The task '{definition.Name}' is not enqueued: its arguments have "
                + $"{json.Length:N0} characters, and {TaskJson.MostCharacters:N0} are allowed. Store them in a table or a file, and name that in the task."));
        }

        // PostgreSQL stores no NUL, in whatever form.
        return json.Contains("\\u0000", StringComparison.Ordinal)
            ? throw new ArgumentException($"The task '{definition.Name}' is not enqueued: its arguments hold a NUL character.")
            : json;
    }

    private static int Depth(TaskDefinition definition)
    {
        var depth = TaskRunner.Current is { } current ? current.Depth + 1 : 0;
        return depth <= MostInARow ? depth : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"The task '{definition.Name}' is not enqueued: {MostInARow:N0} tasks have enqueued one another before it. Use a schedule for what never ends."));
    }

    private static long Milliseconds(TimeSpan? time) => (long)Math.Min(time?.TotalMilliseconds ?? 0, TimeSpan.FromDays(36_500).TotalMilliseconds);
}
