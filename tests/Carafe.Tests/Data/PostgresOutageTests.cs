using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

public class PostgresOutageTests
{
    [Fact]
    public async Task A_server_that_is_killed_and_comes_back_costs_only_503s_and_no_acknowledged_write()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await ShopServer.StartAsync(await postgres.CreateDatabaseAsync());
        var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        var slowest = 0L;
        var clients = Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                var name = $"{client}/{number}";
                var started = Stopwatch.GetTimestamp();
                using var answer = await server.SendAsync(HttpMethod.Post, "/items", new { name });
                InterlockedMax(ref slowest, Stopwatch.GetElapsedTime(started).Ticks);
                answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    acknowledged.Add(name);
                }
                else
                {
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                    Assert.NotNull(answer.Headers.RetryAfter);
                }
            }
        }, TestContext.Current.CancellationToken)).ToList();
        await UntilAsync(() => acknowledged.Count > 200);
        // A kill -9 of the server process would be the same to us; QUIT lets the operating system keep what was written with fsync off.
        await postgres.KillAsync();
        await UntilAsync(() => answers.GetValueOrDefault(HttpStatusCode.ServiceUnavailable) > 100);
        var before = acknowledged.Count;
        await postgres.RestartAsync();
        await UntilAsync(() => acknowledged.Count > before + 200);
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable], answers.Keys.Order());
        Assert.True(TimeSpan.FromTicks(slowest) < TimeSpan.FromSeconds(5), $"The slowest answer took {TimeSpan.FromTicks(slowest)}.");
        await server.SeedAsync(async db =>
        {
            var kept = (await db.Items.Select(item => item.Name).ToListAsync()).ToHashSet();
            Assert.Subset(kept, acknowledged.ToHashSet());
        });
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static void InterlockedMax(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var was = Interlocked.CompareExchange(ref target, value, seen);
            if (was == seen)
            {
                return;
            }

            seen = was;
        }
    }
}
