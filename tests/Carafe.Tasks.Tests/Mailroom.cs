using System.Collections.Concurrent;
using Carafe.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace Carafe.Tasks.Tests;

/// <summary>A small app with tasks, and what its handlers did.</summary>
internal static class Mailroom
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgresql";

    /// <summary>Starts the app on a database of its own. Skips the test where the database is not to be had.</summary>
    public static async Task<TestApp> StartAsync(string database, Action<WebApplicationBuilder>? configure = null) =>
        await TestApp.StartAsync(Create, configure, await DatabaseAsync(database));

    /// <summary>Starts a second process of an app, as far as tasks are concerned: the same database, everything else of its own.</summary>
    public static async Task<Beside> BesideAsync(TestApp app, Action<WebApplicationBuilder>? configure = null)
    {
        var url = app.Services.GetRequiredService<DatabaseSettings>().DatabaseUrl;
        var beside = Create(["--environment", "Testing"], builder =>
        {
            builder.Configuration["DATABASE_URL"] = url;
            builder.Configuration["MIGRATE_ON_START"] = "false";
            builder.Configuration["urls"] = "http://127.0.0.1:0";
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<TimeProvider>(app.Clock);
            configure?.Invoke(builder);
        });
        await beside.StartAsync();
        return new Beside(beside);
    }

    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = CarafeApp.CreateBuilder(args);
        builder.Services.AddDatabase<MailroomDb>();
        builder.Services.AddTasks<MailroomDb>();
        builder.Services.AddSingleton<Desk>();
        builder.Services.AddTask<SendLetter>(SendAsync);
        builder.Services.AddTask<Add>((Add task) => Task.FromResult(task.One + task.Other));
        builder.Services.AddTask<Sum>(async (Sum _, TaskContext context, CancellationToken cancellationToken) =>
            (await context.GetResultsAsync<int>(cancellationToken)).Sum());
        builder.Services.AddTask<Fail>(FailAsync);
        builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, HeaderUsers>("header", null);
        builder.Services.AddAuthorization();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseCarafe();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapBlueprint<TaskStatusBlueprint>("/tasks");
        app.MapTaskPage();
        app.MapPost("/sums", async (TaskClient tasks, HttpRequest request, CancellationToken cancel) =>
            request.PrefersAsync()
                ? new AcceptedTask(await tasks.EnqueueAsync(new Add(1, 2), cancellationToken: cancel))
                : throw Abort.Conflict("Too much to wait for"));
        app.MapPost("/letters/{to}", async (string to, MailroomDb db, TaskClient tasks) =>
        {
            db.Letters.Add(new Letter { To = to });
            var id = tasks.Enqueue(db, new SendLetter(to));
            await db.SaveChangesAsync();
            return TypedResults.Ok(id);
        });
        return app;
    }

    private static async Task<ITestDatabase> DatabaseAsync(string kind)
    {
        if (kind == Sqlite)
        {
            return await SqliteTestDatabase.CreateAsync(Create);
        }

        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return await PostgresTestDatabase.CreateAsync(Create);
    }

    private static async Task SendAsync(SendLetter task, TaskContext context, Desk desk, CancellationToken cancellationToken)
    {
        desk.Sent.Enqueue((task.To, context.Id, context.Attempt));
        if (desk.OnSend is { } behave)
        {
            await behave(task, context, cancellationToken);
        }
    }

    private static Task FailAsync(Fail task, TaskContext context) => context.Attempt > task.Times
        ? Task.CompletedTask
        : throw new InvalidOperationException($"Broken the {context.Attempt}. time");
}

/// <summary>An app beside the one under test. It is stopped before it is disposed of, as a process is.</summary>
internal sealed class Beside(WebApplication app) : IAsyncDisposable
{
    public WebApplication App => app;

    public IServiceProvider Services => app.Services;

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>What the handlers did, and what they are to do.</summary>
internal sealed class Desk
{
    public ConcurrentQueue<(string To, Guid Id, int Attempt)> Sent { get; } = new();

    public Func<SendLetter, TaskContext, CancellationToken, Task>? OnSend { get; set; }

    public IEnumerable<string> To => Sent.Select(letter => letter.To);
}

public sealed record SendLetter(string To);

public sealed record Add(int One, int Other);

public sealed record Sum;

public sealed record Fail(int Times);

internal sealed class Letter
{
    public int Id { get; set; }

    public required string To { get; set; }
}

internal sealed class MailroomDb(DbContextOptions<MailroomDb> options) : DbContext(options)
{
    public DbSet<Letter> Letters => Set<Letter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ConfigureTasks();
        modelBuilder.Entity<Letter>().Property(letter => letter.To).HasMaxLength(80);
    }
}
