using Carafe.Limits;
using Microsoft.Extensions.Time.Testing;

namespace Carafe.Tests.Limits;

/// <summary>The store of one process: exact at every moment, bounded, without garbage.</summary>
public sealed class MemoryStoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_stretch_of_time_as_long_as_the_window_has_more_than_a_moving_window_allows(int seed)
    {
        var (random, clock) = (new Random(seed), new FakeTimeProvider());
        var store = new MemoryLimitStore(clock);
        var limit = new Limit("x", 10, TimeSpan.FromSeconds(2), LimitStrategy.MovingWindow);
        var (passed, time, states) = (new List<TimeSpan>(), TimeSpan.Zero, new LimitState[1]);
        for (var i = 0; i < 3000; i++)
        {
            var step = TimeSpan.FromMilliseconds(random.Next(0, 120));
            clock.Advance(step);
            time += step;
            var window = passed.Count(one => one > time - limit.Window);
            var allowed = store.Take([new(limit, LimitKey.Account(1))], states);
            Assert.Equal(window < 10, allowed);
            if (allowed)
            {
                passed.Add(time);
            }
            else
            {
                Assert.Equal(passed[^10] + limit.Window - time, states[0].RetryAfter);
            }
        }
    }

    [Fact]
    public void A_smooth_limit_gives_one_back_each_interval()
    {
        var clock = new FakeTimeProvider();
        var (store, states) = (new MemoryLimitStore(clock), new LimitState[1]);
        LimitTake[] take = [new(new Limit("x", 6, TimeSpan.FromMinutes(1)), LimitKey.Account(1))];
        for (var i = 0; i < 6; i++)
        {
            Assert.True(store.Take(take, states));
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.False(store.Take(take, states));
            Assert.Equal(TimeSpan.FromSeconds(10), states[0].RetryAfter);
            clock.Advance(TimeSpan.FromSeconds(10));
            Assert.True(store.Take(take, states));
        }

        clock.Advance(TimeSpan.FromDays(300));
        Assert.True(store.Take(take, states));
        Assert.Equal(5, states[0].Remaining);
    }

    [Fact]
    public void A_check_allocates_nothing()
    {
        var (store, states) = (new MemoryLimitStore(TimeProvider.System), new LimitState[2]);
        var (one, other) = (new Limit("a", 5, TimeSpan.FromMinutes(1)), new Limit("b", 9, TimeSpan.FromHours(1)));
        LimitTake[] takes = [new(one, LimitKey.Account(1)), new(other, LimitKey.Account(1))];
        store.Take(takes, states);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            store.Take(takes, states);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_flood_of_keys_fits_in_bounded_memory_and_leaves_when_its_time_is_over()
    {
        var clock = new FakeTimeProvider();
        var (store, states, limit) = (new MemoryLimitStore(clock), new LimitState[1], new Limit("x", 5, TimeSpan.FromMinutes(1)));
        for (var i = 0; i < MemoryLimitStore.Capacity * 3 / 2; i++)
        {
            store.Take([new(limit, LimitKey.Account(i))], states);
        }

        Assert.InRange(store.Count, MemoryLimitStore.Capacity * 9 / 10, MemoryLimitStore.Capacity);
        clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < MemoryLimitStore.Capacity * 3 / 2; i++)
        {
            store.Take([new(limit, LimitKey.Account(-i - 1), 1)], states);
            clock.Advance(i % 1000 == 0 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);
        }

        Assert.InRange(store.Count, 1, MemoryLimitStore.Capacity / 4);
    }

    [Fact]
    public void The_worst_stays_when_a_flood_needs_room()
    {
        var (store, states, limit) = (new MemoryLimitStore(new FakeTimeProvider()), new LimitState[1], new Limit("x", 5, TimeSpan.FromDays(1)));
        LimitTake[] worst = [new(limit, LimitKey.Of("worst"), 5)];
        store.Take(worst, states);
        for (var i = 0; i < MemoryLimitStore.Capacity * 2; i++)
        {
            store.Take([new(limit, LimitKey.Account(i))], states);
        }

        Assert.False(store.Take(worst, states));
    }

    [Fact]
    public void Every_key_has_a_count_of_its_own_however_the_table_grows()
    {
        var (store, states, limit) = (new MemoryLimitStore(new FakeTimeProvider()), new LimitState[1], new Limit("x", 3, TimeSpan.FromDays(1)));
        for (var round = 2; round >= 0; round--)
        {
            for (var i = 0; i < 50_000; i++)
            {
                Assert.True(store.Take([new(limit, i % 2 == 0 ? LimitKey.Account(i) : LimitKey.Of($"key {i}"))], states));
                Assert.Equal(round, states[0].Remaining);
            }
        }
    }
}
