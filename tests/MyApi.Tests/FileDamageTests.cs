using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MyApi.Tests;

/// <summary>Bytes on disk that are not what the row says, and a folder that takes no more.</summary>
public sealed class FileDamageTests
{
    [Theory]
    [InlineData("missing")]
    [InlineData("cut short")]
    [InlineData("longer")]
    [InlineData("changed")]
    public async Task Bytes_that_are_not_those_of_the_row_are_never_served(string damage)
    {
        await using var app = await Api.StartAsync(builder => builder.Configuration["FILES_FOLDER"] = "blobs");
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/a.bin", new ByteArrayContent(new byte[50_000])).Expect(201);
        await app.Client.GetAsync("/files/a.bin").Expect(200);
        var blob = await BlobAsync(app);
        Damage(blob, damage);

        await app.Client.GetAsync("/files/a.bin").ExpectError(500);
        await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/files/a.bin") { Headers = { Range = new(0, 9) } }).ExpectError(500);
        Assert.Single(app.Log, line => line.Contains(Path.GetFileName(blob), StringComparison.Ordinal));

        await client.PutAsync("/files/a.bin", new StringContent("whole again")).Expect(204);
        Assert.Equal("whole again", await app.Client.GetStringAsync("/files/a.bin"));
    }

    [Fact]
    public async Task A_file_whose_commit_was_cancelled_too_late_has_its_bytes()
    {
        var commit = new CancelledCommit();
        await using var app = await Api.StartAsync(builder => builder.Services.ConfigureDbContext<AppDb>(db => db.AddInterceptors(commit)));
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/a.bin", new StringContent("first")).Expect(201);
        commit.IsCancelled = true;
        await Record.ExceptionAsync(() => client.PutAsync("/files/a.bin", new StringContent("second")));
        await Record.ExceptionAsync(() => client.PutAsync("/files/b.bin", new StringContent("new")));
        commit.IsCancelled = false;

        Assert.Equal("second", await app.Client.GetStringAsync("/files/a.bin"));
        Assert.Equal("new", await app.Client.GetStringAsync("/files/b.bin"));
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_read_is_the_old_one_or_the_new_one()
    {
        await using var app = await Api.StartAsync(listen: true);
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/a.bin", Bytes(0)).Expect(201);
        using var enough = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, int>();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                using var response = await app.Client.GetAsync("/files/a.bin");
                var bytes = await response.Content.ReadAsByteArrayAsync();
                var what = response.IsSuccessStatusCode && bytes.Length == 20_000
                    && bytes.All(value => value == bytes[0]) ? "whole" : $"{(int)response.StatusCode}, {bytes.Length} bytes";
                seen.AddOrUpdate(what, 1, (_, count) => count + 1);
            }
        })).ToArray();
        for (var version = 1; version <= 300; version++)
        {
            await client.PutAsync("/files/a.bin", Bytes((byte)version)).Expect(204);
        }

        await enough.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(["whole"], seen.Keys);

        static ByteArrayContent Bytes(byte value) => new(Enumerable.Repeat(value, 20_000).ToArray());
    }

    [Theory]
    [InlineData("full", 507)]
    [InlineData("read-only", 503)]
    public async Task A_folder_that_takes_nothing_is_told_once_and_readiness_knows(string trouble, int status)
    {
        using var mount = SmallMount.Create("256k");
        await using var app = await Api.StartAsync(builder => builder.Configuration["FILES_FOLDER"] = mount.Folder);
        var client = app.As(await app.UserAsync("alice"));
        await client.PutAsync("/files/kept.bin", new ByteArrayContent(new byte[1000])).Expect(201);
        await app.Client.GetAsync("/readyz").Expect(200);
        mount.Break(trouble);

        for (var attempt = 0; attempt < 3; attempt++)
        {
            await client.PutAsync("/files/a.bin", new ByteArrayContent(new byte[100_000])).ExpectError(status);
        }

        await app.Client.GetAsync("/readyz").ExpectError(503, "files");
        await app.Client.GetAsync("/files/kept.bin").Expect(200);
        await client.DeleteAsync("/files/kept.bin").Expect(204);
        Assert.Single(app.Log, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.DoesNotContain(app.Log, line => line.Contains("   at ", StringComparison.Ordinal));

        mount.Mend();
        await client.PutAsync("/files/a.bin", new ByteArrayContent(new byte[1000])).Expect(201);
        await app.Client.GetAsync("/readyz").Expect(200);
    }

    private static async Task<string> BlobAsync(TestApp app)
    {
        var name = await app.WithAsync<AppDb, string>(db => Task.FromResult(db.Files.Select(file => file.Blob).Single()));
        return app.Services.GetRequiredService<Files.FileStore>().Locate(name);
    }

    private static void Damage(string blob, string damage)
    {
        switch (damage)
        {
            case "missing":
                File.Delete(blob);
                break;
            case "changed":
                using (var file = File.OpenWrite(blob))
                {
                    file.Position = 40_000;
                    file.WriteByte(1);
                }

                break;
            default:
                using (var file = File.OpenWrite(blob))
                {
                    file.SetLength(damage == "longer" ? 50_001 : 100);
                }

                break;
        }
    }

    /// <summary>Cancels the caller after the database has committed: the save itself, or the transaction that it is in.</summary>
    private sealed class CancelledCommit : SaveChangesInterceptor, IDbTransactionInterceptor
    {
        public bool IsCancelled { get; set; }

        public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
            IsCancelled && eventData.Context!.Database.CurrentTransaction is null ? throw new OperationCanceledException() : ValueTask.FromResult(result);

        public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
            IsCancelled ? throw new OperationCanceledException() : Task.CompletedTask;
    }
}
