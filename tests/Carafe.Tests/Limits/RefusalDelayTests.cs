using System.Diagnostics;
using Carafe.Limits;
using Microsoft.Extensions.Time.Testing;

namespace Carafe.Tests.Limits;

/// <summary>Who goes on after refusals is slowed down, and nobody else.</summary>
public sealed class RefusalDelayTests
{
    [Fact]
    public async Task An_address_gets_fifty_refusals_at_once_and_waits_for_more()
    {
        var clock = new FakeTimeProvider();
        var delay = new RefusalDelay(clock);
        var refusals = Enumerable.Range(0, 200).Select(_ => delay.WaitAsync(From("192.0.2.1", default))).ToList();
        Assert.Equal(50, refusals.Count(refusal => refusal.IsCompletedSuccessfully));
        Assert.True(delay.WaitAsync(From("192.0.2.2", default)).IsCompletedSuccessfully);
        clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(50, refusals.Count(refusal => refusal.IsCompletedSuccessfully));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(refusals);
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => delay.WaitAsync(From("192.0.2.1", default)).IsCompletedSuccessfully));
    }

    [Fact]
    public async Task A_client_that_leaves_is_waited_for_no_longer()
    {
        var delay = new RefusalDelay(new FakeTimeProvider());
        using var left = new CancellationTokenSource();
        var refusals = Enumerable.Range(0, 51).Select(_ => delay.WaitAsync(From("192.0.2.1", left.Token))).ToList();
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
