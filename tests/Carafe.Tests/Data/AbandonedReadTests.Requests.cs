using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Carafe.Tests.Data;

public partial class AbandonedReadTests
{
    private static async Task<TestApp> StartAsync(string database, Action<WebApplication>? map = null)
    {
        var together = new Together(Contexts);
        var server = await Shop.StartAsync(database, builder => builder.Configuration["DATABASE_URL"] = database switch
        {
            TestDatabase.Sqlite => builder.Configuration["DATABASE_URL"],
            TestDatabase.Postgres => $"{builder.Configuration["DATABASE_URL"]}?max_pool_size={Contexts * 2}",
            _ => database,
        }, map: app =>
        {
            app.MapGet("/streamed", (ShopDb db) =>
                db.Items.AsNoTracking().OrderBy(item => item.Id).Select(item => new Wide(item.Id, item.Name)).AsAsyncEnumerable());
            app.MapGet("/blocking", (ShopDb db) => db.Items.AsNoTracking().Select(item => new Wide(item.Id, item.Name)).AsEnumerable());
            app.MapGet("/left", async (ShopDb db, CancellationToken stop) =>
            {
                var rows = db.Items.AsNoTracking().AsAsyncEnumerable().GetAsyncEnumerator(stop);
                await rows.MoveNextAsync();
                return rows.Current.Name;
            });
            app.MapGet("/nested", (ShopDb db) => new { Rows = NestedAsync(db), More = NestedAsync(db) });
            app.MapGet("/opened", async (ShopDb db) =>
            {
                await db.Database.OpenConnectionAsync();
                return db.Items.AsNoTracking().Select(item => new Wide(item.Id, item.Name)).AsAsyncEnumerable();
            });
            app.MapGet("/together", async (ShopDb db) =>
            {
                await db.Database.OpenConnectionAsync();
                await together.WaitForAllAsync();
                return (await db.Items.AsNoTracking().SingleAsync(item => item.Id == 1)).Name;
            });
            app.MapPost("/transaction", async (ShopDb db) =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                await db.Items.Where(item => item.Id == 2).ExecuteUpdateAsync(item => item.SetProperty(row => row.Version, row => row.Version + 1));
                await transaction.CommitAsync();
            });
            map?.Invoke(app);
        });
        await server.SeedAsync(db => Task.Run(() => db.Items.AddRange(
            Enumerable.Range(1, Rows).Select(id => new Item { Id = id, Name = $"item {id} {new string('x', 60)}" }))));
        if (database == TestDatabase.Postgres)
        {
            await server.SeedAsync(db => db.Database.ExecuteSqlRawAsync("SELECT setval(pg_get_serial_sequence('items', 'id'), 1000)", Stop));
        }

        return server;
    }

    private static async IAsyncEnumerable<Wide> NestedAsync(ShopDb db)
    {
        await foreach (var item in db.Items.AsNoTracking().OrderBy(item => item.Id).AsAsyncEnumerable())
        {
            yield return new Wide(item.Id, item.Name);
        }
    }

    private static async Task CutAsync(TestApp server, string path, int bytes)
    {
        try
        {
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            var asked = server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cut.Token);
            if (bytes > 0)
            {
                using var response = await asked;
                await using var body = await response.Content.ReadAsStreamAsync(cut.Token);
                var buffer = new byte[bytes];
                await body.ReadAtLeastAsync(buffer, bytes, throwOnEndOfStream: false, cut.Token);
                await cut.CancelAsync();
                return;
            }

            await cut.CancelAsync();
            (await asked).Dispose();
        }
        catch (Exception cut) when (cut is OperationCanceledException or HttpRequestException or IOException)
        {
            // That is what it is for.
            Assert.False(Stop.IsCancellationRequested);
        }
    }

    private static async Task WriteElsewhereAsync(TestApp server, string name)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var text = scope.ServiceProvider.GetRequiredService<ShopDb>().Database.GetConnectionString();
        await using System.Data.Common.DbConnection stranger = text!.Contains("Host=", StringComparison.Ordinal)
            ? new NpgsqlConnection($"{text};Pooling=false")
            : new SqliteConnection(text);
        await stranger.OpenAsync(Stop);
        await using var update = stranger.CreateCommand();
        update.CommandText = $"UPDATE items SET name = '{name}' WHERE id = 1";
        Assert.Equal(1, await update.ExecuteNonQueryAsync(Stop));
    }

    public sealed record Wide(int Id, string Name);

    /// <summary>Holds requests until so many are there, each with a context of its own.</summary>
    private sealed class Together(int number)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task WaitForAllAsync()
        {
            if (Interlocked.Increment(ref _arrived) == number)
            {
                _all.SetResult();
            }

            return _all.Task;
        }
    }
}
