#if !POSTGRESQL && !MARIADB
using Microsoft.Data.Sqlite;

namespace MyApi.Tests;

/// <summary>What happens to a SQLite file under the running server: it is noticed, told once, and nothing that was acknowledged is lost.</summary>
public sealed class DatabaseTroubleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("myapi-trouble-").FullName;

    private string File => Path.Combine(_folder, "app.db");

    [Theory]
    [InlineData("moved")]
    [InlineData("removed")]
    [InlineData("replaced")]
    public async Task A_file_that_is_gone_takes_no_more_writes_and_keeps_what_it_has(string how)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere an open file is not replaced.");
        await using var app = await StartAsync(File);
        var client = app.As(await app.UserAsync("alice"));
        var ids = new List<int>();
        for (var post = 0; post < 20; post++)
        {
            ids.Add((await client.PostJson("/posts", new { title = "kept", body = "b" }).Expect(201)).GetProperty("id").GetInt32());
        }

        await app.Client.GetAsync("/readyz").Expect(200);
        await LoseAsync(how);
        await client.PostJson("/posts", new { title = "nobody would find this", body = "b" }).ExpectError(503);
        await app.Client.GetAsync("/readyz").ExpectError(503, "database");
        await app.Client.GetAsync("/posts").ExpectError(503);
        await app.Client.GetAsync("/healthz").Expect(200);
        Assert.Single(app.Log, line => line.StartsWith("Error", StringComparison.Ordinal));

        var saved = how == "moved" ? File + ".old" : Directory.GetFiles(_folder, "app.db.rescued-*").Single();
        Assert.Equal(ids, Ids(saved));
        if (how == "moved")
        {
            System.IO.File.Move(saved, File);
            await app.Client.GetAsync("/readyz").Expect(200);
            await client.PostJson("/posts", new { title = "again", body = "b" }).Expect(201);
        }
    }

    [Fact]
    public async Task The_log_of_a_file_that_was_replaced_is_not_replayed_into_the_other_at_the_next_start()
    {
        await using (var app = await StartAsync(File))
        {
            await app.UserAsync("alice");
            await app.Client.GetAsync("/readyz").Expect(200);
            await LoseAsync("replaced");
            await app.Client.GetAsync("/readyz").ExpectError(503, "database");
            Assert.Empty(Directory.GetFiles(_folder, "app.db-*"));
        }

        await using var next = await StartAsync(File);
        await next.Client.GetAsync("/readyz").Expect(200);
        Assert.Equal(0, (await next.Client.GetAsync("/users").Expect(200)).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_damaged_file_is_no_reason_to_try_again()
    {
        await using var app = await StartAsync(File);
        var author = await app.UserAsync("alice");
        await app.WithAsync<AppDb>(async db =>
        {
            db.Posts.AddRange(Enumerable.Range(0, 2000).Select(_ => new Posts.Post { Title = "t", Body = new string('b', 500), UserId = author.Id }));
            await db.SaveChangesAsync();
            await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(db.Database, "PRAGMA wal_checkpoint(TRUNCATE)");
        });
        using (var bytes = System.IO.File.OpenHandle(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            // All pages but the first are noise.
            RandomAccess.Write(bytes, Enumerable.Range(0, (int)RandomAccess.GetLength(bytes) - 4096).Select(i => (byte)(i * 7)).ToArray(), 4096);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while ((await app.Client.GetAsync("/readyz", patience.Token)).StatusCode != HttpStatusCode.ServiceUnavailable)
        {
            await Task.Yield();
        }

        await using var second = await StartAsync(File, migrate: false);
        using var response = await second.Client.GetAsync("/posts");
        var error = await Task.FromResult(response).ExpectError(500);
        Assert.Equal(("database_damaged", null), (error.Reason, response.Headers.RetryAfter));
        Assert.Single(app.Log, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_is_told_once_and_readiness_knows()
    {
        using var mount = SmallMount.Create("4m");
        await using var app = await StartAsync(Path.Combine(mount.Folder, "app.db"));
        var client = app.As(await app.UserAsync("alice"));
        var ids = new List<int> { (await client.PostJson("/posts", new { title = "kept", body = "b" }).Expect(201)).GetProperty("id").GetInt32() };
        await app.Client.GetAsync("/readyz").Expect(200);
        mount.Break("full");

        for (var attempt = 0; attempt < 40; attempt++)
        {
            using var response = await client.PostJson("/posts", new { title = "t", body = new string('b', 60_000) });
            Assert.Contains((int)response.StatusCode, new[] { 201, 503 });
            if (response.StatusCode == HttpStatusCode.Created)
            {
                ids.Add((await Task.FromResult(response).Expect(201)).GetProperty("id").GetInt32());
            }
        }

        await client.PostJson("/posts", new { title = "t", body = new string('b', 60_000) }).ExpectError(503);
        await app.Client.GetAsync("/readyz").ExpectError(503, "database");
        Assert.Single(app.Log, line => line.StartsWith("Error", StringComparison.Ordinal));

        mount.Mend();
        await app.Client.GetAsync("/readyz").Expect(200);
        foreach (var id in ids)
        {
            await app.Client.GetAsync($"/posts/{id}").Expect(200);
        }

        await client.PostJson("/posts", new { title = "again", body = "b" }).Expect(201);
    }

    [Fact]
    public async Task A_backup_that_finds_no_room_leaves_nothing()
    {
        using var mount = SmallMount.Create("200k");
        await using var app = await StartAsync(File);
        var author = await app.UserAsync("alice");
        await app.WithAsync<AppDb>(async db =>
        {
            db.Posts.AddRange(Enumerable.Range(0, 1000).Select(_ => new Posts.Post { Title = "t", Body = new string('b', 500), UserId = author.Id }));
            await db.SaveChangesAsync();
        });
        var (code, _, error) = await CommandTests.RunAsync(app, "db", "backup", Path.Combine(mount.Folder, "app.backup"));

        Assert.Equal(1, code);
        Assert.Contains(Path.Combine(mount.Folder, "app.backup"), error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(mount.Folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<TestApp> StartAsync(string file, bool migrate = true) => Api.StartAsync(builder =>
    {
        builder.Configuration["DATABASE_URL"] = $"sqlite:///{file}";
        builder.Configuration["MIGRATE_ON_START"] = migrate ? "true" : "false";
    });

    private static List<int> Ids(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM posts ORDER BY id";
        using var rows = command.ExecuteReader();
        var ids = new List<int>();
        while (rows.Read())
        {
            ids.Add(rows.GetInt32(0));
        }

        return ids;
    }

    private async Task LoseAsync(string how)
    {
        switch (how)
        {
            case "moved":
                System.IO.File.Move(File, File + ".old");
                break;
            case "removed":
                System.IO.File.Delete(File);
                break;
            default:
                await using (await StartAsync(Path.Combine(_folder, "other.db")))
                {
                }

                System.IO.File.Move(Path.Combine(_folder, "other.db"), File, overwrite: true);
                break;
        }
    }
}
#endif
