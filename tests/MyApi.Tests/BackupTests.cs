using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace MyApi.Tests;

public sealed class BackupTests
{
    [Fact]
    public async Task A_backup_made_while_others_write_is_whole_where_it_is_restored()
    {
        await using var app = await Api.StartAsync();
        await app.Client.RegisterAsync("alice").Expect(201);
        var login = new { email = "alice@example.com", password = Api.Password };
        var client = app.WithToken((await app.Client.PostJson("/auth/login", login).Expect<Carafe.Auth.TokenPair>(200)).AccessToken);
        var folder = Directory.CreateTempSubdirectory("myapi-backup-").FullName;
        try
        {
            using var enough = new CancellationTokenSource();
            var written = new ConcurrentQueue<int>();
            var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    written.Enqueue((await client.PostJson("/posts", new { title = $"{writer}", body = "b" }).Expect(201)).GetProperty("id").GetInt32());
                }
            })).ToArray();
            await UntilAsync(() => written.Count >= 100);
            var before = written.ToArray();
            var file = Path.Combine(folder, "app.backup");
            Assert.Equal(0, (await CommandTests.RunAsync(app, "db", "backup", file)).Code);
            var after = written.Count;
            await UntilAsync(() => written.Count >= after + 8);
            await enough.CancelAsync();
            await Task.WhenAll(writers);

            await using var elsewhere = await Api.StartAsync();
            Assert.Equal(0, (await CommandTests.RunAsync(elsewhere, "db", "restore", file)).Code);
            await elsewhere.Client.PostJson("/auth/login", login).Expect(200);
            var found = await elsewhere.WithAsync<AppDb, HashSet<int>>(async db => [.. await db.Posts.Select(post => post.Id).ToListAsync()]);
            Assert.Subset(found, before.ToHashSet());
            Assert.Subset(written.ToHashSet(), found);
            Assert.True(found.Count < written.Count, "Nothing was written after the backup.");
#if !POSTGRESQL && !MARIADB
            Assert.Equal("ok",
                await elsewhere.WithAsync<AppDb, string>(db => db.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check")
                    .SingleAsync()));
#endif

            Task UntilAsync(Func<bool> condition) => Task.Run(async () =>
            {
                while (!condition() && !writers.Any(writer => writer.IsFaulted))
                {
                    await Task.Yield();
                }
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
