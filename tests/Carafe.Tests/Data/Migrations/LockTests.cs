using System.Diagnostics;
using Npgsql;

namespace Carafe.Tests.Data.Migrations;

/// <summary>Migrations on PostgreSQL beside a server that goes on serving.</summary>
public class LockTests
{
    private const string Before = "public class Book { public int Id { get; set; } public string? Title { get; set; } }";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_lock_of_a_replica_that_has_migrated_or_found_nothing_to_do_is_free_at_once()
    {
        var model = await Model(Before).MigrateAsync("First");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        for (var replica = 0; replica < 3; replica++)
        {
            // Its pool goes on, and with it the session that had the lock.
            await using var app = model.Create(database.Url, migrate: true);
            await app.StartAsync(Stop);
            await using var other = model.Create(database.Url, migrate: true);
            var started = Stopwatch.GetTimestamp();
            await other.StartAsync(Stop);
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60));
            await using var connection = await OpenAsync(database.Url);
            Assert.Equal(0L,
                await ScalarAsync(connection,
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = " +
                    "current_database())"));
        }
    }

    [Fact]
    public async Task Readers_do_not_queue_behind_a_migration_that_waits_for_a_report()
    {
        var first = await Model(Before).MigrateAsync("First");
        var second = await first.Then(Lab.Source(Before.Replace("string? Title", "string Title", StringComparison.Ordinal)
            .Replace("get; set; } }", "get; set; } = \"\"; }", StringComparison.Ordinal), "model.Entity<Book>();")).MigrateAsync("Second");
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        await first.OkAsync(database.Url, "db", "upgrade");

        await using var report = await OpenAsync(database.Url);
        await using var transaction = await report.BeginTransactionAsync(Stop);
        await ScalarAsync(report, "SELECT count(*) FROM book");
        var upgrade = second.RunAsync(database.Url, "db", "upgrade");
        await using var reader = await OpenAsync(database.Url);
        var longest = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await ScalarAsync(reader, "SELECT count(*) FROM book");
            longest = Stopwatch.GetElapsedTime(started) > longest ? Stopwatch.GetElapsedTime(started) : longest;
            await ScalarAsync(reader, "SELECT 1 FROM pg_sleep(0.2)");
        }

        Assert.False(upgrade.IsCompleted);
        Assert.True(longest < TimeSpan.FromSeconds(2), $"A reader waited for {longest}.");
        await transaction.CommitAsync(Stop);
        var (code, output) = await upgrade;
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task An_index_that_is_made_concurrently_over_duplicates_leaves_nothing_and_can_be_tried_again()
    {
        var first = await Model(Before).MigrateAsync("First");
        var second = await first.Then(Lab.Source(Before, "model.Entity<Book>().HasIndex(book => book.Title).IsUnique();")).MigrateAsync("Second");
        var concurrent = new CompiledModel([.. second.Sources.Select(source =>
            source.Replace("unique: true);", "unique: true).Annotation(\"Npgsql:CreatedConcurrently\", true);", StringComparison.Ordinal))]);
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        await first.OkAsync(database.Url, "db", "upgrade");
        await first.ExecuteAsync(database.Url, "INSERT INTO book (title) VALUES ('a'), ('a')");

        Assert.Contains("'a' (2 rows)", await concurrent.FailsAsync(database.Url, "db", "upgrade"), StringComparison.Ordinal);
        // What a killed process leaves.
        await using var connection = await OpenAsync(database.Url);
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connection, "CREATE UNIQUE INDEX CONCURRENTLY ix_book_title ON book (title)"));
        await first.ExecuteAsync(database.Url, "DELETE FROM book WHERE id = 2");
        await concurrent.OkAsync(database.Url, "db", "upgrade");
        await concurrent.OkAsync(database.Url, "db", "check");
    }

    [Fact]
    public async Task A_server_that_comes_up_late_is_waited_for_at_the_start()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        var model = await Model(Before).MigrateAsync("First");
        var url = new UriBuilder(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        using var door = new LateDoor(url.Port);
        url.Port = door.Port;
        await using var app = model.Create(url.Uri.ToString(), migrate: true);
        var start = app.StartAsync(Stop);
        await Task.Delay(TimeSpan.FromSeconds(2), Stop);
        Assert.False(start.IsCompleted);
        door.Open();
        await start;
    }

    private static CompiledModel Model(string classes) => new(Lab.Source(classes, "model.Entity<Book>();"));

    private static async Task<NpgsqlConnection> OpenAsync(string url)
    {
        var uri = new Uri(url);
        var user = uri.UserInfo.Split(':');
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port,
            Database = uri.AbsolutePath.Trim('/'),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Pooling = false,
            Timeout = 30,
        }.ToString());
        await connection.OpenAsync(Stop);
        return connection;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Stop);
    }

    // A port that nobody listens on until it is opened.
    private sealed class LateDoor : IDisposable
    {
        private readonly int _target;
        private System.Net.Sockets.TcpListener? _listener;

        public LateDoor(int target)
        {
            _target = target;
            var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
        }

        public int Port { get; }

        public void Open()
        {
            _listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, Port);
            _listener.Start();
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    var (inside, outside) = (await _listener.AcceptTcpClientAsync(), new System.Net.Sockets.TcpClient());
                    await outside.ConnectAsync(IPAddress.Loopback, _target);
                    _ = inside.GetStream().CopyToAsync(outside.GetStream());
                    _ = outside.GetStream().CopyToAsync(inside.GetStream());
                }
            });
        }

        public void Dispose() => _listener?.Stop();
    }
}
