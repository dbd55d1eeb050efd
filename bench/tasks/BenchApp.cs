namespace TaskBench;

/// <summary>An app whose tasks leave a trace of each run: what is killed is this, and what is measured.</summary>
public static class BenchApp
{
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddDatabase<BenchDb>();
        builder.Services.AddTasks<BenchDb>();
        builder.Services.AddTask<Step>(StepAsync, new() { Defaults = new() { Retries = 100, Backoff = TimeSpan.FromMilliseconds(100) } });
        builder.Services.AddTask<Tick>((Tick _) => Task.CompletedTask);
        builder.Services.AddTask<Nothing>((Nothing _) => Task.CompletedTask);
        builder.Services.AddTask<Stamp>(StampAsync);
        builder.Services.AddSingleton<Latencies>();
        builder.Services.AddCommand(KillCommand.Create);
        builder.Services.AddCommand(RateCommand.Create);
        builder.Services.AddCommand(CostCommand.Create);
        builder.Services.AddCommand(IdleCommand.Create);
        builder.Services.AddCommand(FillCommand.Create);
        configure?.Invoke(builder);
        if (builder.Configuration["BENCH_TICK"] == "true")
        {
            builder.Services.AddSchedule("tick", TimeSpan.FromSeconds(1), () => new Tick(), new() { Missed = MissedTicks.All });
        }

        var app = builder.Build();
        app.UseCarafe();
        app.MapHealth();
        app.MapPost("/orders/{number:int}", async (int number, BenchDb db, TaskClient tasks) =>
        {
            db.Orders.Add(new Order { Number = number });
            tasks.Enqueue(db, new Step(number));
            await db.SaveChangesAsync();
            return TypedResults.NoContent();
        });
        app.MapGet("/orders/last", async (BenchDb db) =>
            await db.Orders.AsNoTracking().OrderByDescending(order => order.Id).FirstOrDefaultAsync() ?? new Order());
        app.MapPost("/nothing/{count:int}", async (int count, BenchDb db, TaskClient tasks) =>
        {
            Enumerable.Range(0, count).ToList().ForEach(number => tasks.Enqueue(db, new Nothing(number)));
            await db.SaveChangesAsync();
            return TypedResults.NoContent();
        });
        return app;
    }

    private static async Task StepAsync(Step step, TaskContext context, BenchDb db, CancellationToken cancellationToken)
    {
        await Task.Delay(Random.Shared.Next(2, 30), cancellationToken);
        db.Runs.Add(new Run { Number = step.Number, Attempt = context.Attempt });
        await db.SaveChangesAsync(cancellationToken);
    }

    private static Task StampAsync(Stamp stamp, Latencies latencies)
    {
        latencies.Add(stamp.CommittedAt);
        return Task.CompletedTask;
    }
}

public sealed record Step(int Number);

public sealed record Tick;

public sealed record Nothing(int Number);

public sealed record Stamp(long CommittedAt);

/// <summary>A row that is committed with its task.</summary>
public sealed class Order
{
    public int Id { get; set; }

    public int Number { get; set; }
}

/// <summary>A run of a handler, in a transaction of its own.</summary>
public sealed class Run
{
    public int Id { get; set; }

    public int Number { get; set; }

    public int Attempt { get; set; }
}

public sealed class BenchDb(DbContextOptions<BenchDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Run> Runs => Set<Run>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ConfigureTasks();
}

/// <summary>How long tasks took from before their commit to their start.</summary>
public sealed class Latencies
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<double> _all = new();

    public int Count => _all.Count;

    public void Add(long begun) => _all.Enqueue(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);

    public IReadOnlyList<double> All => [.. _all];

    public static double Median(IEnumerable<double> all) => all.Order().ElementAt(all.Count() / 2);
}
