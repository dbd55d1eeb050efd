using Carafe.Auth;

namespace Carafe.Tests.Auth;

public sealed partial class LoginTests
{
    [Fact]
    public async Task A_thousand_guesses_at_once_are_not_a_thousand_free_ones()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        await app.SignInAsync(Alice, "wrong");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => app.SignInAsync(Alice, $"guess {i}")));
        Assert.True(answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized) <= 4);
    }

    [Fact]
    public async Task A_burst_on_a_fresh_account_has_the_five_free_guesses_and_no_more()
    {
        await using var app = await AuthApp.StartAsync();
        await app.SetPasswordAsync(Good);
        var (queue, gate) = (app.Services.GetRequiredService<HashQueue>(), new TaskCompletionSource());
        var busy = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => queue.RunAsync(
            HashPurpose.Login,
            null,
            () =>
            {
                gate.Task.Wait(TestContext.Current.CancellationToken);
                return 0;
            },
            TestContext.Current.CancellationToken)).ToList();
        var burst = Enumerable.Range(0, 100).Select(i => app.SignInAsync(Alice, $"guess {i}")).ToList();

        // 32 wait for their turn, and none has failed yet.
        await foreach (var refused in Task.WhenEach(burst).Take(68))
        {
            Assert.Equal(429, (int)(await refused).StatusCode);
        }

        gate.SetResult();
        await Task.WhenAll(busy);
        var answers = await Task.WhenAll(burst);
        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized), 1, 5);
        Assert.All(answers, answer => Assert.True((int)answer.StatusCode is 401 or 429));
    }

    [Fact]
    public async Task A_login_storm_leaves_the_threads_of_other_requests_alone()
    {
        await using var app = await AuthApp.StartAsync();
        var (gate, pooled, running, most) = (new TaskCompletionSource(), 0, 0, 0);
        var queue = app.Services.GetRequiredService<HashQueue>();
        var storm = Enumerable.Range(0, 40).Select(_ => queue.RunAsync(
            HashPurpose.Login,
            null,
            () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                pooled += Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
                gate.Task.Wait(TestContext.Current.CancellationToken);
                return Interlocked.Decrement(ref running);
            },
            TestContext.Current.CancellationToken)).ToList();
        var logins = Enumerable.Range(0, 20).Select(i => app.SignInAsync($"user{i}@example.com", "wrong", $"198.51.100.{i}")).ToList();

        // No hash comes to an end before this has answered.
        Assert.Equal(401, (int)(await app.GetAsync("/me", "x")).StatusCode);
        Assert.All(storm, task => Assert.False(task.IsCompleted));
        gate.SetResult();
        await Task.WhenAll(storm);
        await Task.WhenAll(logins);
        Assert.Equal(0, pooled);
        Assert.InRange(most, 1, Math.Max(1, Environment.ProcessorCount / 2));
    }
}
