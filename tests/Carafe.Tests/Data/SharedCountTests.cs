using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Carafe.Tests.Data;

/// <summary>
/// On PostgreSQL, requests that ask for a total at the same time are counted for together, and never by a count that began before they asked.
/// </summary>
public sealed class SharedCountTests
{
    [Fact]
    public async Task Requests_that_wait_for_a_count_share_the_next_one()
    {
        await using var shop = await SlowShop.StartAsync();
        var first = await shop.AskAsync();
        await shop.UntilCountingAsync(1);
        var others = new List<Task<HttpResponseMessage>>();
        for (var number = 0; number < 10; number++)
        {
            others.Add(await shop.AskAsync());
        }

        await shop.OpenAsync();
        Assert.Equal(0, await TotalAsync(first));
        Assert.All(await Task.WhenAll(others.Select(TotalAsync)), total => Assert.Equal(0, total));
        Assert.Equal(2, shop.Counts);
    }

    [Fact]
    public async Task A_request_is_not_given_a_count_that_began_before_it()
    {
        await using var shop = await SlowShop.StartAsync();
        var before = await shop.AskAsync();
        await shop.UntilCountingAsync(1);
        await shop.WriteAsync();
        var after = await shop.AskAsync();
        await shop.OpenAsync();
        Assert.Equal((0, 1), (await TotalAsync(before), await TotalAsync(after)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?mine=transaction")]
    public async Task Whoever_gives_up_takes_no_total_from_those_who_wait_with_them(string first)
    {
        await using var shop = await SlowShop.StartAsync();
        using var leave = new CancellationTokenSource();
        var counting = await shop.AskAsync(first);
        await shop.UntilCountingAsync(1);
        var leaving = await shop.AskAsync(stop: leave.Token);
        await shop.UntilCountingAsync(first.Length == 0 ? 1 : 2);
        var staying = await shop.AskAsync();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await shop.OpenAsync();
        await TotalAsync(counting);
        Assert.Equal(0, await TotalAsync(staying));
    }

    [Fact]
    public async Task A_count_that_the_database_ends_is_503_for_all_who_wait_and_the_next_request_is_counted_for()
    {
        await using var shop = await SlowShop.StartAsync();
        var first = await shop.AskAsync();
        await shop.UntilCountingAsync(1);
        var second = await shop.AskAsync();
        var third = await shop.AskAsync();
        await shop.EndCountsAsync();
        foreach (var answer in await Task.WhenAll(first, second, third))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (answer.StatusCode, answer.Headers.RetryAfter is not null));
        }

        Assert.Equal(1, shop.Counts);
        await shop.OpenAsync();
        Assert.Equal(0, await TotalAsync(await shop.AskAsync()));
    }

    [Theory]
    [InlineData("transaction", 1)]
    [InlineData("connection", 0)]
    [InlineData("time", 0)]
    public async Task A_context_with_a_transaction_an_open_connection_or_a_time_of_its_own_counts_for_itself(string mine, int total)
    {
        await using var shop = await SlowShop.StartAsync();
        var first = await shop.AskAsync();
        await shop.UntilCountingAsync(1);
        var alone = await shop.AskAsync($"?mine={mine}");
        // It does not wait for the first, which cannot go on.
        await shop.UntilCountingAsync(2);
        var last = await shop.AskAsync();
        await shop.OpenAsync();
        Assert.Equal((0, total, 0), (await TotalAsync(first), await TotalAsync(alone), await TotalAsync(last)));
    }

    [Fact]
    public async Task A_context_whose_connections_are_set_up_counts_for_itself()
    {
        await using var shop = await SlowShop.StartAsync(builder => builder.Services.AddSingleton<IDbContextOptionsConfiguration<ShopDb>, SetsUp>());
        var asked = new[] { await shop.AskAsync(), await shop.AskAsync(), await shop.AskAsync() };
        await shop.UntilCountingAsync(3);
        await shop.OpenAsync();
        Assert.All(await Task.WhenAll(asked.Select(TotalAsync)), total => Assert.Equal(0, total));
    }

    private static async Task<int> TotalAsync(Task<HttpResponseMessage> asked) => (await asked.Expect(200)).GetProperty("total").GetInt32();

    private sealed class SetsUp : IDbContextOptionsConfiguration<ShopDb>
    {
        public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(new Nothing());

        private sealed class Nothing : DbConnectionInterceptor;
    }
}
