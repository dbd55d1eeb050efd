using System.Collections.Concurrent;
using Carafe.Auth;

namespace Carafe.Tests.Auth;

/// <summary>Hashing is shared: between purposes, logins first, and between networks.</summary>
public sealed class HashQueueTests
{
    private static readonly IPAddress Flood = IPAddress.Parse("192.0.2.1");

    [Fact]
    public async Task A_login_waits_for_no_registration_and_of_five_hashes_one_is_not_a_login()
    {
        var (queue, gate, order) = (new HashQueue(), new TaskCompletionSource(), new ConcurrentQueue<string>());
        var slots = Math.Max(1, Environment.ProcessorCount / 2);
        var work = Enumerable.Range(0, slots).Select(_ => RunAsync(queue, HashPurpose.Account, Flood, gate, "running", order)).ToList();
        var registrations = Enumerable.Range(0, 70).Select(_ => RunAsync(queue, HashPurpose.Account, Flood, gate, "registration", order)).ToList();
        var logins = Enumerable.Range(0, 12).Select(_ => RunAsync(queue, HashPurpose.Login, Flood, gate, "login", order)).ToList();
        Assert.All(logins, login => Assert.False(login.IsCompleted));
        Assert.Equal(16, registrations.Count(task => !task.IsFaulted));
        Assert.All(registrations.Where(task => task.IsFaulted),
            task => Assert.Equal(503, Assert.IsType<AbortException>(task.Exception!.InnerException).Error.Status));

        gate.SetResult();
        await Task.WhenAll([.. work, .. logins, .. registrations.Where(task => !task.IsFaulted)]);
        var first = order.Skip(slots).Take(15 + slots).ToList();
        Assert.Equal(12, first.Count(what => what == "login"));
        Assert.InRange(first.Count(what => what == "registration"), 2, 3 + slots);
    }

    [Fact]
    public void Networks_take_turns()
    {
        var line = new HashLine(64);
        var names = new Dictionary<TaskCompletionSource, string>();
        foreach (var name in (string[])["a1", "a2", "a3", "b1", "c1", "c2"])
        {
            var turn = new TaskCompletionSource();
            names[turn] = name;
            Assert.True(line.TryAdd(name[..1], turn, out _));
        }

        var order = new List<string>();
        while (line.Take() is { } turn)
        {
            order.Add(names[turn]);
        }

        Assert.Equal(["a1", "b1", "c1", "a2", "c2", "a3"], order);
    }

    [Fact]
    public void A_full_line_has_room_for_whoever_waits_less_at_the_cost_of_the_one_who_waits_most()
    {
        var line = new HashLine(4);
        var flood = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource()).ToList();
        flood.ForEach(turn => Assert.True(line.TryAdd("flood", turn, out _)));
        Assert.False(line.TryAdd("flood", new TaskCompletionSource(), out _));
        Assert.True(line.TryAdd("other", new TaskCompletionSource(), out var displaced));
        Assert.Same(flood[3], displaced);
        Assert.True(line.TryAdd("other", new TaskCompletionSource(), out displaced));
        Assert.Same(flood[2], displaced);
        Assert.False(line.TryAdd("other", new TaskCompletionSource(), out _));
        Assert.Equal(4, line.Count);
    }

    [Fact]
    public async Task Whoever_stops_waiting_leaves_no_gap()
    {
        var (queue, gate, order) = (new HashQueue(), new TaskCompletionSource(), new ConcurrentQueue<string>());
        using var stop = new CancellationTokenSource();
        var running = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => RunAsync(queue, HashPurpose.Login, Flood, gate, "running", order)).ToList();
        var left = Enumerable.Range(0, 60).Select(_ => queue.RunAsync(HashPurpose.Login, Flood, () => 0, stop.Token)).ToList();
        await stop.CancelAsync();
        foreach (var task in left)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        }

        var late = Enumerable.Range(0, 60).Select(_ => RunAsync(queue, HashPurpose.Login, Flood, gate, "late", order)).ToList();
        gate.SetResult();
        await Task.WhenAll([.. running, .. late]);
        Assert.Equal(60, order.Count(what => what == "late"));
    }

    private static Task<int> RunAsync(
        HashQueue queue, HashPurpose purpose, IPAddress address, TaskCompletionSource gate, string what, ConcurrentQueue<string> order) =>
        queue.RunAsync(
            purpose,
            address,
            () =>
            {
                order.Enqueue(what);
                gate.Task.Wait(TestContext.Current.CancellationToken);
                return 0;
            },
            TestContext.Current.CancellationToken);
}
