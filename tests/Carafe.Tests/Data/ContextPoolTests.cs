using Microsoft.EntityFrameworkCore;

namespace Carafe.Tests.Data;

/// <summary>Contexts are made for as many requests as there ever were at once, and used again.</summary>
public class ContextPoolTests
{
    private const int AtOnce = 200;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_many_requests_at_once_as_before_use_the_contexts_of_before()
    {
        var meeting = new Meeting();
        await using var server = await Shop.StartAsync(map: app => app.MapGet("/context", async (ShopDb db) =>
        {
            await db.Items.AnyAsync();
            await meeting.WaitForAllAsync();
            return db.ContextId.InstanceId;
        }));
        var first = await AskAsync(server);
        Assert.Equal(AtOnce, first.Distinct().Count());
        // The last ones may come back after the next ones were asked for.
        Assert.True((await AskAsync(server)).Intersect(first).Count() > AtOnce / 2);
    }

    private static Task<Guid[]> AskAsync(TestApp server) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => server.Client.GetFromJsonAsync<Guid>("/context", Stop)));

    /// <summary>Lets nobody go on before all are there.</summary>
    private sealed class Meeting
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task WaitForAllAsync()
        {
            lock (_lock)
            {
                var meeting = _all;
                if (++_arrived == AtOnce)
                {
                    (_all, _arrived) = (new(TaskCreationOptions.RunContinuationsAsynchronously), 0);
                    meeting.SetResult();
                }

                return meeting.Task;
            }
        }
    }
}
