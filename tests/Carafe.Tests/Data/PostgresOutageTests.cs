using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

public sealed class PostgresOutageTests
{
    [Fact]
    public Task A_server_that_is_killed_and_comes_back_costs_only_503s_and_no_acknowledged_write() =>
        // A kill -9 of the server process would be the same to us; QUIT lets the operating system keep what was written with fsync off.
        OutageAsync(postgres => postgres.KillAsync(), postgres => postgres.RestartAsync());

    [Fact]
    public Task A_server_that_freezes_and_thaws_costs_only_503s_and_no_acknowledged_write() =>
        // Three seconds. Without threads to spare it is more than five, with a long timeout more than that.
        OutageAsync(postgres => postgres.PauseAsync(), postgres => postgres.ResumeAsync());

    private static async Task OutageAsync(Func<PostgresServer, Task> begin, Func<PostgresServer, Task> end)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await Shop.StartAsync(await postgres.CreateDatabaseAsync());
        var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        var slowest = 0L;
        var clients = Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
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
                    await ExpectUnavailableAsync(answer);
                }
            }
        }, TestContext.Current.CancellationToken)).ToList();
        await UntilAsync(() => acknowledged.Count > 200, clients);
        await begin(postgres);
        await UntilAsync(() => answers.GetValueOrDefault(HttpStatusCode.ServiceUnavailable) > 100, clients);
        var before = acknowledged.Count;
        await end(postgres);
        await UntilAsync(() => acknowledged.Count > before + 200, clients);
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

    private static async Task ExpectUnavailableAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(503, body.GetProperty("status").GetInt32());
    }

    private static async Task UntilAsync(Func<bool> condition, IEnumerable<Task> clients)
    {
        while (!condition() && !clients.Any(client => client.IsFaulted))
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
