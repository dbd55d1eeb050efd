using Carafe.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace Carafe.Tests.Data;

/// <summary>The shop on PostgreSQL, whose items can only be counted once a gate is opened. A count sees what was there when it came to the gate.</summary>
internal sealed class SlowShop : IAsyncDisposable
{
    private const string Gate = """
        ALTER TABLE items RENAME TO items_kept;
        CREATE VIEW items AS SELECT * FROM items_kept WHERE (SELECT pg_advisory_lock_shared(1)::text) = '';
        SELECT pg_advisory_lock(1);
        """;

    private const string Waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'";

    // Longer than any machine takes, and shorter than the statements may.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestApp _server;
    private readonly NpgsqlConnection _keeper;
    private readonly Counter _counter;
    private readonly SemaphoreSlim _asked;

    private SlowShop(TestApp server, NpgsqlConnection keeper, Counter counter, SemaphoreSlim asked) =>
        (_server, _keeper, _counter, _asked) = (server, keeper, counter, asked);

    /// <summary>How many counts have been sent to the database.</summary>
    public int Counts => _counter.Count;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<SlowShop> StartAsync(Action<WebApplicationBuilder>? configure = null)
    {
        var (counter, asked) = (new Counter(), new SemaphoreSlim(0));
        var server = await Shop.StartAsync(
            TestDatabase.Postgres,
            builder =>
            {
                builder.Configuration["DATABASE_TIMEOUT"] = "60";
                builder.Services.AddSingleton<IDbContextOptionsConfiguration<ShopDb>>(counter);
                configure?.Invoke(builder);
            },
            app => app.MapGet("/slow", async (string? mine, PageQuery page, ShopDb db, CancellationToken stop) =>
            {
                await using var transaction = mine == "transaction" ? await db.Database.BeginTransactionAsync(stop) : null;
                if (transaction is not null)
                {
                    db.Items.Add(new Item { Name = "not committed" });
                    await db.SaveChangesAsync(stop);
                }

                await (mine == "connection" ? db.Database.OpenConnectionAsync(stop) : Task.CompletedTask);
                db.Database.SetCommandTimeout(mine == "time" ? 50 : null);
                var total = db.Items.OrderBy(item => item.Id).ToPageAsync(page,
                    item => new ItemResponse(item.Id, item.Name, item.Version, item.CreatedAt), stop);
                asked.Release();
                return await total;
            }));
        await using var scope = server.Services.CreateAsyncScope();
        var keeper = new NpgsqlConnection($"{scope.ServiceProvider.GetRequiredService<ShopDb>().Database.GetConnectionString()};Pooling=false");
        await keeper.OpenAsync(Stop);
        var shop = new SlowShop(server, keeper, counter, asked);
        await shop.RunAsync(Gate);
        return shop;
    }

    /// <summary>Asks for a page with its total. Done when the total has been asked for; what it gives is the answer under way.</summary>
    public async Task<Task<HttpResponseMessage>> AskAsync(string query = "", CancellationToken stop = default)
    {
        var answer = _server.Client.GetAsync($"/slow{query}", stop);
        await _asked.WaitAsync(Stop);
        return answer;
    }

    /// <summary>Waits until so many counts are at the gate.</summary>
    public Task UntilCountingAsync(int counts) => Task.Run(
        async () =>
        {
            while ((long)(await RunAsync($"SELECT count(*) {Waiting}"))! != counts)
            {
                await Task.Yield();
            }
        },
        Stop).WaitAsync(Patience, Stop);

    /// <summary>Writes an item, as another process would.</summary>
    public Task WriteAsync() =>
        RunAsync("INSERT INTO items_kept (name, price, created_at, updated_at, version) VALUES ('pen', 1, now(), now(), 1)");

    public Task OpenAsync() => RunAsync("SELECT pg_advisory_unlock(1)");

    /// <summary>Ends the connections of the counts at the gate.</summary>
    public Task EndCountsAsync() => RunAsync($"SELECT count(pg_terminate_backend(pid)) {Waiting}");

    public async ValueTask DisposeAsync()
    {
        await _keeper.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<object?> RunAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _keeper);
        return await command.ExecuteScalarAsync(Stop);
    }

    private sealed class Counter : DbCommandInterceptor, IDbContextOptionsConfiguration<ShopDb>
    {
        private int _count;

        public int Count => _count;

        public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(this);

        public override System.Data.Common.DbCommand CommandInitialized(CommandEndEventData eventData, System.Data.Common.DbCommand result)
        {
            _ = result.CommandText.Contains("count(*)", StringComparison.Ordinal) ? Interlocked.Increment(ref _count) : 0;
            return result;
        }
    }
}
