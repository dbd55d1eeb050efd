using Carafe.Data.Limits;
using Npgsql;
using StackExchange.Redis;

namespace Carafe.Tests.Limits;

/// <summary>What may happen to a store that is a server: its clock, its contents, another version.</summary>
public sealed class ServerStoreTests
{
    private static readonly LimitTake[] Smooth = [new(new Limit("x", 2, TimeSpan.FromMinutes(1)), LimitKey.Account(1))];
    private static readonly LimitTake[] Fixed = [new(new Limit("x", 2, TimeSpan.FromMinutes(1), LimitStrategy.FixedWindow), LimitKey.Account(1))];
    private static readonly LimitTake[] Moving = [new(new Limit("x", 2, TimeSpan.FromMinutes(1), LimitStrategy.MovingWindow), LimitKey.Account(1))];

    [Fact]
    public async Task A_clock_of_Redis_that_jumps_back_costs_one_window_at_most()
    {
        await using var stores = await LimitStores.OpenAsync(LimitStores.Redis);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(stores.RedisServer!.Url["redis://".Length..^2]);
        var (database, server) = (redis.GetDatabase(), redis.GetServers()[0]);
        foreach (var take in new[] { Smooth, Fixed, Moving })
        {
            await stores.AllowedAsync(take);
            await stores.AllowedAsync(take);
        }

        var ahead = (await server.TimeAsync()).AddHours(5).Subtract(DateTime.UnixEpoch).Ticks / 10;
        foreach (var key in server.Keys())
        {
            switch (await database.KeyTypeAsync(key))
            {
                case RedisType.String:
                    await database.StringSetAsync(key, ahead);
                    break;
                case RedisType.Hash:
                    await database.HashSetAsync(key, "end", ahead);
                    break;
                default:
                    await database.SortedSetAddAsync(key, [.. (await database.SortedSetRangeByRankAsync(key)).Select(one => new SortedSetEntry(one, ahead))]);
                    break;
            }
        }

        await AssertOneWindowAsync(stores);
    }

    [Fact]
    public async Task A_clock_of_PostgreSQL_that_jumps_back_costs_one_window_at_most()
    {
        await using var stores = await LimitStores.OpenAsync(LimitStores.Postgres);
        foreach (var take in new[] { Smooth, Fixed, Moving })
        {
            await stores.AllowedAsync(take);
            await stores.AllowedAsync(take);
        }

        await SqlAsync(stores, "UPDATE carafe_limits_1 SET expires = expires + 18000000000, times = ARRAY(SELECT t + 18000000000 FROM unnest(times) t)");
        await AssertOneWindowAsync(stores);
    }

    [Fact]
    public async Task What_is_no_state_in_Redis_counts_as_none()
    {
        await using var stores = await LimitStores.OpenAsync(LimitStores.Redis);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(stores.RedisServer!.Url["redis://".Length..^2]);
        await stores.AllowedAsync(Smooth);
        await redis.GetDatabase().StringSetAsync(redis.GetServers()[0].Keys().Single(), "not a number");
        Assert.Equal(1, (await stores.AllowedAsync(Smooth)).Remaining);
    }

    [Fact]
    public async Task Replicas_that_start_at_once_make_one_table()
    {
        await using var stores = await LimitStores.OpenAsync(LimitStores.Postgres);
        var replicas = Enumerable.Range(0, 8).Select(_ => new PostgresLimitStore(LimitStores.ConnectionString(stores.PostgresUrl!))).ToList();
        var allowed = await Task.WhenAll(replicas.Select(async store =>
            await store.TakeAsync(Fixed, new LimitState[1], TestContext.Current.CancellationToken)));
        Assert.Equal(2, allowed.Count(one => one));
        foreach (var store in replicas)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_table_of_another_version_is_an_error_and_is_not_touched()
    {
        await using var stores = await LimitStores.OpenAsync(LimitStores.Postgres);
        await SqlAsync(stores, "CREATE TABLE carafe_limits_1 (key text PRIMARY KEY, something_else int)");
        await Assert.ThrowsAsync<PostgresException>(() => stores.TakeAsync(Smooth));
        await SqlAsync(stores, "DROP TABLE carafe_limits_1");
        await SqlAsync(stores, "DROP FUNCTION IF EXISTS carafe_limits_take_1, carafe_limits_return_1");
        await using var again = new PostgresLimitStore(LimitStores.ConnectionString(stores.PostgresUrl!));
        Assert.True(await again.TakeAsync(Smooth, new LimitState[1], TestContext.Current.CancellationToken));
    }

    private static async Task AssertOneWindowAsync(LimitStores stores)
    {
        foreach (var take in new[] { Smooth, Fixed, Moving })
        {
            Assert.InRange((await stores.RefusedAsync(take)).RetryAfter, TimeSpan.FromSeconds(25), TimeSpan.FromMinutes(1));
        }
    }

    private static async Task SqlAsync(LimitStores stores, string sql)
    {
        await using var source = NpgsqlDataSource.Create(LimitStores.ConnectionString(stores.PostgresUrl!));
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
