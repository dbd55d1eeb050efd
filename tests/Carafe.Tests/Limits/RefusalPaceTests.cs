using System.Diagnostics;
using Carafe.Limits;

namespace Carafe.Tests.Limits;

/// <summary>Who goes on after refusals is slowed down, and nobody else.</summary>
public sealed class RefusalPaceTests
{
    [Fact]
    public async Task An_address_gets_fifty_refusals_at_once_and_waits_for_more()
    {
        var pace = new RefusalPace();
        var refusals = Enumerable.Range(0, 1000).Select(_ => pace.KeepAsync(From("192.0.2.1", default))).ToList();
        Assert.All(refusals.Take(50), refusal => Assert.True(refusal.IsCompletedSuccessfully));
        Assert.InRange(refusals.Count(refusal => !refusal.IsCompleted), 500, 950);
        Assert.True(pace.KeepAsync(From("192.0.2.2", default)).IsCompletedSuccessfully);
        await Task.WhenAll(refusals);
    }

    [Fact]
    public async Task A_client_that_leaves_is_waited_for_no_longer()
    {
        var pace = new RefusalPace();
        using var left = new CancellationTokenSource();
        var refusals = Enumerable.Range(0, 200).Select(_ => pace.KeepAsync(From("192.0.2.1", left.Token))).ToList();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refusals[^1]);
    }

    [Fact]
    public async Task A_caller_without_pause_is_refused_at_a_pace()
    {
        await using var app = await LimitApp.StartAsync(app => app.MapGet("/x", () => "x").WithLimit("1/hour"));
        await app.GetAsync("/x");
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 120; i++)
        {
            (await app.GetAsync("/x")).IsError(429);
        }

        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(1));
    }

    private static DefaultHttpContext From(string address, CancellationToken left)
    {
        var context = new DefaultHttpContext { RequestAborted = left };
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return context;
    }
}
