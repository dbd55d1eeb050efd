using Carafe.Tests.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Data;

/// <summary>A client that goes away in the middle of a list leaves nothing behind for the next request.</summary>
public partial class AbandonedReadTests
{
    private const int Rows = 300;
    private const int Contexts = 40;

    // How much of a response the client reads before it closes the connection: nothing, the head, some rows, most of them.
    private static readonly int[] Phases = [0, 1, 200, 5_000, 40_000];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task Requests_cut_in_any_phase_leave_readers_that_see_other_commits_and_writers_that_write(string database)
    {
        await using var server = await StartAsync(database);
        string[] paths = ["/streamed", "/left", "/blocking", "/nested", "/opened", "/items?limit=100"];
        for (var turn = 0; turn < 40; turn++)
        {
            await Task.WhenAll(paths.Select((path, number) => CutAsync(server, path, Phases[(turn + number) % Phases.Length])));
        }

        await WriteElsewhereAsync(server, "seen by everybody");
        var seen = await Task.WhenAll(Enumerable.Range(0, Contexts).Select(_ => server.Client.GetStringAsync("/together", Stop)));
        Assert.All(seen, name => Assert.Equal("seen by everybody", name));
        var written = await Task.WhenAll(Enumerable.Range(0, Contexts)
            .Select(number => server.SendAsync(HttpMethod.Post, "/items", new { name = $"new {number}" })));
        Assert.All(written, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        await server.SendAsync(HttpMethod.Post, "/transaction").Expect(200);
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData("sqlite:///:memory:")]
    [InlineData(TestDatabase.Postgres)]
    public async Task An_enumerator_that_outlives_its_request_reads_nothing_more_and_interrupts_nobody(string database)
    {
        await using var server = await StartAsync(database);
        using var stop = new CancellationTokenSource();
        List<IAsyncEnumerator<Item>> abandoned = [];
        for (var request = 0; request < 20; request++)
        {
            await using var scope = server.Services.CreateAsyncScope();
            var rows = scope.ServiceProvider.GetRequiredService<ShopDb>().Items.AsNoTracking().AsAsyncEnumerable().GetAsyncEnumerator(stop.Token);
            Assert.True(await rows.MoveNextAsync());
            abandoned.Add(rows);
        }

        var others = Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var number = 0; number < 40; number++)
            {
                await using var scope = server.Services.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
                Assert.Equal(Rows, await db.Items.CountAsync(item => item.Name.Contains("item"), Stop));
            }
        }).ToList();
        await stop.CancelAsync();
        await Task.WhenAll(others);
        foreach (var rows in abandoned)
        {
            Assert.NotNull(await Record.ExceptionAsync(async () => await rows.MoveNextAsync()));
            await rows.DisposeAsync();
        }

        await server.SendAsync(HttpMethod.Post, "/items", new { name = "new" }).Expect(201);
    }

    [Fact]
    public async Task Cancelling_one_read_of_a_context_does_not_interrupt_another()
    {
        await using var server = await StartAsync(TestDatabase.Sqlite);
        await server.SeedAsync(async db =>
        {
            using var stop = new CancellationTokenSource();
            var cancelled = db.Items.AsNoTracking().AsAsyncEnumerable().GetAsyncEnumerator(stop.Token);
            Assert.True(await cancelled.MoveNextAsync());
            var seen = 0;
            await foreach (var item in db.Items.AsNoTracking().AsAsyncEnumerable())
            {
                if (seen++ == 1)
                {
                    await stop.CancelAsync();
                }
            }

            Assert.Equal(Rows, seen);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled.MoveNextAsync());
            await cancelled.DisposeAsync();
        });
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite, "PRAGMA query_only=1")]
    [InlineData(TestDatabase.Sqlite, "CREATE TEMP TABLE items AS SELECT 0 AS id")]
    [InlineData(TestDatabase.Sqlite, "BEGIN IMMEDIATE")]
    [InlineData(TestDatabase.Sqlite, "ATTACH ':memory:' AS elsewhere")]
    [InlineData(TestDatabase.Postgres, "BEGIN")]
    [InlineData(TestDatabase.Postgres, "SET default_transaction_read_only = on")]
    public async Task What_a_request_sets_up_on_its_connection_goes_with_it(string database, string sql)
    {
        await using var server = await StartAsync(database, app => app.MapPost("/set", async (ShopDb db) =>
        {
            await db.Database.OpenConnectionAsync();
            await db.Database.ExecuteSqlRawAsync(sql);
        }));
        for (var request = 0; request < 3; request++)
        {
            await server.SendAsync(HttpMethod.Post, "/set").Expect(200);
            await server.SendAsync(HttpMethod.Post, "/items", new { name = $"new {request}" }).Expect(201);
            await server.SendAsync(HttpMethod.Post, "/transaction").Expect(200);
        }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite)]
    [InlineData(TestDatabase.Postgres)]
    public async Task A_connection_that_a_request_opened_is_closed_for_the_next_one(string database)
    {
        await using var server = await StartAsync(database, app => app.MapGet("/state", (ShopDb db) => $"{db.Database.GetDbConnection().State}"));
        for (var request = 0; request < 3; request++)
        {
            await server.Client.GetAsync("/opened", Stop);
            Assert.Equal("Closed", await server.Client.GetStringAsync("/state", Stop));
        }
    }

    [Fact]
    [Trait("Needs", "FastSqlite")]
    public async Task A_write_under_a_read_of_an_old_snapshot_fails_at_once_and_keeps_nobody_waiting()
    {
        await using var server = await StartAsync(TestDatabase.Sqlite);
        await server.SeedAsync(async db =>
        {
            await db.Database.OpenConnectionAsync(Stop);
            await using var command = ((SqliteConnection)db.Database.GetDbConnection()).CreateCommand();
            command.CommandText = "SELECT id FROM items";
            await using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            await server.SendAsync(HttpMethod.Post, "/items", new { name = "newer" }).Expect(201);
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            var refused = await Assert.ThrowsAsync<SqliteException>(() => db.Database.ExecuteSqlAsync($"DELETE FROM items", Stop));
            Assert.Equal((5, 517), (refused.SqliteErrorCode, refused.SqliteExtendedErrorCode));
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(3));
            await server.SendAsync(HttpMethod.Post, "/items", new { name = "newest" }).Expect(201);
        });
    }

    [Fact]
    public async Task A_writer_that_never_ends_is_told_by_readyz_and_in_the_log()
    {
        using var log = new LogLines();
        await using var server = await Shop.StartAsync(
            TestDatabase.Sqlite,
            builder => builder.Logging.AddProvider(log),
            app => app.MapHealth());
        await server.SendAsync(HttpMethod.Get, "/readyz").Expect(200);
        await using (var scope = server.Services.CreateAsyncScope())
        {
            await using var stranger = new SqliteConnection(scope.ServiceProvider.GetRequiredService<ShopDb>().Database.GetConnectionString());
            await stranger.OpenAsync(Stop);
            await using var transaction = stranger.BeginTransaction();
            await server.SendAsync(HttpMethod.Post, "/items", new { name = "kept out" }).ExpectError(503);
            Assert.Contains(log.From(LogLevel.Warning), line => line.Contains("was kept by another writer for too long", StringComparison.Ordinal));
            await server.SendAsync(HttpMethod.Get, "/readyz").ExpectError(503);
        }

        await server.SendAsync(HttpMethod.Post, "/items", new { name = "let in" }).Expect(201);
        await server.SendAsync(HttpMethod.Get, "/readyz").Expect(200);
    }
}
