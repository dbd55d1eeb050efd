namespace Carafe.Tests.Limits;

/// <summary>What holds on every store.</summary>
public sealed class LimitStoreTests
{
    public static TheoryData<string, LimitStrategy> StoresAndStrategies
    {
        get
        {
            var data = new TheoryData<string, LimitStrategy>();
            foreach (var store in new[] { LimitStores.Memory, LimitStores.Redis, LimitStores.Postgres })
            {
                foreach (var strategy in Enum.GetValues<LimitStrategy>())
                {
                    data.Add(store, strategy);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(StoresAndStrategies))]
    public async Task Of_any_number_at_once_exactly_as_many_pass(string kind, LimitStrategy strategy)
    {
        await using var stores = await LimitStores.OpenAsync(kind);
        var limit = new Limit("x", 100, TimeSpan.FromDays(1), strategy);
        var passed = 0;
        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
            async (_, _) =>
            {
                if ((await stores.TakeAsync(new LimitTake(limit, LimitKey.Account(1)))).Allowed)
                {
                    Interlocked.Increment(ref passed);
                }
            });
        Assert.Equal(100, passed);
        Assert.Equal(99, (await stores.AllowedAsync(new LimitTake(limit, LimitKey.Account(2)))).Remaining);
    }

    [Theory]
    [MemberData(nameof(StoresAndStrategies))]
    public async Task Several_limits_are_one_decision(string kind, LimitStrategy strategy)
    {
        await using var stores = await LimitStores.OpenAsync(kind);
        var (wide, narrow) = (new Limit("wide", 10, TimeSpan.FromDays(1), strategy), new Limit("narrow", 2, TimeSpan.FromHours(1), strategy));
        LimitTake[] both = [new(wide, LimitKey.Account(1)), new(narrow, LimitKey.Of("a:b"))];
        await stores.AllowedAsync(both);
        await stores.AllowedAsync(both);
        for (var i = 0; i < 20; i++)
        {
            var (allowed, states) = await stores.TakeAsync(both);
            Assert.False(allowed);
            Assert.Equal((8, 0), (states[0].Remaining, states[1].Remaining));
            Assert.Equal(TimeSpan.Zero, states[0].RetryAfter);
            Assert.InRange(states[1].RetryAfter, TimeSpan.FromTicks(1), TimeSpan.FromHours(1));
        }

        Assert.Equal(7, (await stores.AllowedAsync(both[0])).Remaining);
    }

    [Theory]
    [MemberData(nameof(StoresAndStrategies))]
    public async Task What_does_not_count_is_given_back(string kind, LimitStrategy strategy)
    {
        await using var stores = await LimitStores.OpenAsync(kind);
        LimitTake[] take = [new(new Limit("x", 3, TimeSpan.FromDays(1), strategy), LimitKey.Account(1))];
        for (var i = 0; i < 10; i++)
        {
            var (allowed, states) = await stores.TakeAsync(take);
            Assert.True(allowed);
            await stores.Store.ReturnAsync(take, states, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, (await stores.AllowedAsync(take[0] with { Cost = 0 })).Remaining);
        Assert.Equal(2, (await stores.AllowedAsync(take)).Remaining);
    }

    [Theory]
    [MemberData(nameof(StoresAndStrategies))]
    public async Task A_cost_is_taken_whole_or_not_at_all(string kind, LimitStrategy strategy)
    {
        await using var stores = await LimitStores.OpenAsync(kind);
        var take = new LimitTake(new Limit("x", 5, TimeSpan.FromDays(1), strategy), LimitKey.Account(1));
        Assert.Equal(5, (await stores.AllowedAsync(take with { Cost = 0 })).Remaining);
        Assert.Equal(2, (await stores.AllowedAsync(take with { Cost = 3 })).Remaining);
        Assert.Equal(2, (await stores.RefusedAsync(take with { Cost = 3 })).Remaining);
        Assert.Equal(0, (await stores.AllowedAsync(take with { Cost = 2 })).Remaining);
        Assert.Equal(0, (await stores.AllowedAsync(take with { Cost = 0 })).Remaining);
        foreach (var cost in new[] { 1, 6, int.MaxValue })
        {
            var refused = await stores.RefusedAsync(take with { Cost = cost });
            Assert.Equal(0, refused.Remaining);
            Assert.InRange(refused.RetryAfter, TimeSpan.FromTicks(1), TimeSpan.FromDays(1));
        }
    }

    [Theory]
    [MemberData(nameof(StoresAndStrategies))]
    public async Task Limits_at_the_end_of_their_range_count(string kind, LimitStrategy strategy)
    {
        await using var stores = await LimitStores.OpenAsync(kind);
        var most = strategy == LimitStrategy.MovingWindow ? Limit.MaxMovingCount : Limit.MaxCount;
        foreach (var window in new[] { TimeSpan.FromDays(1), TimeSpan.FromDays(366) })
        {
            var take = new LimitTake(new Limit("x", most, window, strategy), LimitKey.Account(long.MaxValue), most);
            Assert.Equal(0, (await stores.AllowedAsync(take)).Remaining);
            var refused = await stores.RefusedAsync(take);
            Assert.InRange(refused.RetryAfter, TimeSpan.FromHours(23), window + TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [MemberData(nameof(StoresAndStrategies))]
    public async Task What_was_taken_comes_back_in_time_and_not_before(string kind, LimitStrategy strategy)
    {
        await using var stores = await LimitStores.OpenAsync(kind);
        var limit = new Limit("x", 2, TimeSpan.FromSeconds(2), strategy);
        LimitTake[] take = [new(limit, LimitKey.Account(1))];
        var started = TimeProvider.System.GetTimestamp();
        await stores.AllowedAsync(take);
        await stores.AllowedAsync(take);
        var refused = await stores.RefusedAsync(take);
        var whole = strategy == LimitStrategy.Smooth ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(2);
        if (kind == LimitStores.Memory)
        {
            Assert.Equal((whole, whole), (refused.RetryAfter, refused.Reset));
            stores.Clock.Advance(whole - TimeSpan.FromTicks(1));
            await stores.RefusedAsync(take);
            stores.Clock.Advance(TimeSpan.FromTicks(1));
            await stores.AllowedAsync(take);
            return;
        }

        Assert.InRange(refused.RetryAfter, TimeSpan.FromTicks(1), whole);
        while (!(await stores.TakeAsync(take)).Allowed)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(TimeProvider.System.GetElapsedTime(started) >= whole - TimeSpan.FromMilliseconds(1));
    }
}
