using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>How statements end that take long, or that nobody waits for any more.</summary>
public sealed class StatementTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_statement_has_the_time_that_the_setting_gives_or_that_it_takes_for_itself()
    {
        await using var server = await Shop.StartAsync(TestDatabase.Postgres, builder => builder.Configuration["DATABASE_TIMEOUT"] = "1",
            app => app.MapGet("/report", async (int? seconds, ShopDb db) =>
        {
            db.Database.SetCommandTimeout(seconds ?? db.Database.GetCommandTimeout());
            await db.Database.ExecuteSqlRawAsync("SELECT pg_sleep(2)");
            return "done";
        }));
        using var late = await server.SendAsync(HttpMethod.Get, "/report");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (late.StatusCode, late.Headers.RetryAfter is not null));
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Get, "/report?seconds=60")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.SendAsync(HttpMethod.Get, "/report")).StatusCode);
    }

    [Fact]
    public async Task A_command_has_longer_than_a_request()
    {
        var output = new StringWriter();
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        var code = await CarafeApp.RunAsync(
            ["db", "seed"],
            (_, _) => Shop.Create(["--environment", "Testing"], builder =>
            {
                builder.Configuration["DATABASE_URL"] = database.Url;
                builder.Configuration["DATABASE_TIMEOUT"] = "1";
                builder.Services.AddSeed<ShopDb>(async (db, _, stop) =>
                {
                    await db.Database.ExecuteSqlRawAsync("SELECT pg_sleep(2)", stop);
                    return "Slept.";
                });
            }),
            output,
            output);
        Assert.True(code == 0, output.ToString());
    }

    [Fact]
    public async Task When_the_caller_goes_away_PostgreSQL_stops_working_for_them()
    {
        const string Sleeping =
            "SELECT count(*)::int AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(300)%' AND pid <> " +
            "pg_backend_pid() AND state = 'active'";
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var app = await TestApp.StartAsync(Create, database: await PostgresTestDatabase.CreateAsync(Create));
        await LeaveAsync(app, "/sleep", () => UntilAsync(1));
        await UntilAsync(0);
        Assert.True(app.Log.Count == 0, string.Join(Environment.NewLine, app.Log));

        Task UntilAsync(int count) => Task.Run(() => app.WithAsync<ShopDb>(async db =>
        {
            while (await db.Database.SqlQueryRaw<int>(Sleeping).SingleAsync(Stop) != count)
            {
                await Task.Yield();
            }
        }), Stop).WaitAsync(Patience, Stop);
    }

    [Fact]
    [Trait("Needs", "FastSqlite")]
    public async Task When_the_caller_goes_away_SQLite_stops_working_for_them()
    {
        await using var app = await TestApp.StartAsync(Create);
        await LeaveAsync(app, "/count", () => app.Services.GetRequiredService<Count>().Begun.Task);
        await app.Client.PostJson("/items", new { name = "pen" }).Expect(201);
        Assert.True(app.Log.Count == 0, string.Join(Environment.NewLine, app.Log));
    }

    private static async Task LeaveAsync(TestApp app, string path, Func<Task> begun)
    {
        using var leave = new CancellationTokenSource();
        var answer = app.Client.GetAsync(path, leave.Token);
        await begun().WaitAsync(Patience, Stop);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await app.Services.GetRequiredService<Count>().Ended.Task.WaitAsync(Patience, Stop);
    }

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure) => Shop.Create(
        args,
        builder =>
        {
            builder.Services.AddSingleton<Count>();
            builder.Services.AddSingleton<IStartupFilter, Count>(services => services.GetRequiredService<Count>());
            configure?.Invoke(builder);
        },
        app =>
        {
            app.MapGet("/sleep", async (ShopDb db, CancellationToken stop) =>
            {
                db.Database.SetCommandTimeout(120);
                await db.Database.ExecuteSqlRawAsync("SELECT pg_sleep(300)", stop);
            });
            app.MapGet("/count", async (ShopDb db, Count count, CancellationToken stop) =>
            {
                await db.Database.OpenConnectionAsync(stop);
                ((SqliteConnection)db.Database.GetDbConnection()).CreateFunction("one", count.One);
                await db.Database.SqlQueryRaw<long>(
                    "WITH RECURSIVE n(x) AS (SELECT one() UNION ALL SELECT x + 1 FROM n LIMIT 1000000000) SELECT count(*) AS Value FROM n").ToListAsync(stop);
            });
        });

    // Tells when a query is at work, and when its request has ended, error handling and all.
    private sealed class Count : IStartupFilter
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long One()
        {
            Begun.TrySetResult();
            return 1;
        }

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                try
                {
                    await rest(context);
                }
                finally
                {
                    if (context.Request.Path != "/items")
                    {
                        Ended.TrySetResult();
                    }
                }
            });
            next(app);
        };
    }
}
