namespace MyApi.Tests;

/// <summary>Three MyApi as processes of their own on one PostgreSQL and one Redis, behind nginx.</summary>
public sealed class ClusterTests
{
    [Theory]
    [InlineData("redis", "100/day")]
    [InlineData("redis", "100/day moving")]
    [InlineData("redis", "100/day fixed")]
    [InlineData("postgresql", "100/day")]
    [InlineData("postgresql", "100/day moving")]
    [InlineData("postgresql", "100/day fixed")]
    public async Task Of_ten_thousand_requests_over_three_replicas_exactly_a_hundred_pass(string store, string limit)
    {
        await using var cluster = await Cluster.StartAsync(new() { ["RATELIMIT_STORE"] = store, ["LIMITS__auth.Register"] = limit });
        var (passed, refused) = (0, 0);
        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = TestContext.Current.CancellationToken },
            async (_, cancellation) =>
            {
                using var answer = await cluster.Front.PostAsync("/auth/register", new StringContent("{}", null, "application/json"), cancellation);
                switch ((int)answer.StatusCode)
                {
                    case 400:
                        Interlocked.Increment(ref passed);
                        break;
                    case 429:
                        Assert.True(answer.Headers.RetryAfter!.Delta > TimeSpan.Zero);
                        Interlocked.Increment(ref refused);
                        break;
                    default:
                        Assert.Fail($"{(int)answer.StatusCode}");
                        break;
                }
            });
        Assert.Equal((100, 9900), (passed, refused));
    }

    [Fact]
    public async Task A_logout_counts_everywhere_and_what_breaks_is_not_noticed()
    {
        await using var cluster = await Cluster.StartAsync(new());
        await cluster.Front.RegisterAsync("alice").Expect(201);
        var token = await cluster.LoginAsync("alice");
        foreach (var replica in cluster.Replicas)
        {
            Assert.Equal(200, await StatusAsync(replica.Client, "/auth/me", token));
        }

        using var logout = new HttpRequestMessage(HttpMethod.Post, "/auth/logout") { Headers = { Authorization = new("Bearer", token) } };
        await cluster.Replicas[0].Client.SendAsync(logout).Expect(204);
        foreach (var replica in cluster.Replicas)
        {
            await UntilAsync(async () => await StatusAsync(replica.Client, "/auth/me", token) == 401);
        }

        // A replica goes: nginx asks another.
        await cluster.Replicas[2].KillAsync();
        await AllAsync(cluster, 60);

        // Redis goes and comes: limits that fail open let pass, and nothing is an error.
        await cluster.Redis.KillAsync();
        await AllAsync(cluster, 60);
        Assert.Equal(400, (int)(await cluster.Front.PostJson("/auth/register", new { })).StatusCode);
        await cluster.Redis.RestartAsync();
        await UntilAsync(async () => (await cluster.Front.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }))
            .StatusCode == HttpStatusCode.OK);

        // PostgreSQL goes and comes: 503 meanwhile, and afterwards what was there is there.
        await cluster.Postgres.KillAsync();
        await UntilAsync(async () => await StatusAsync(cluster.Front, "/users/1") == 503);
        await cluster.Postgres.RestartAsync();
        await UntilAsync(async () => await StatusAsync(cluster.Front, "/users/1") == 200);
        Assert.Equal(200, await StatusAsync(cluster.Front, "/auth/me", await cluster.LoginAsync("alice")));
    }

    private static async Task AllAsync(Cluster cluster, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            Assert.Equal(200, await StatusAsync(cluster.Front, "/users/1"));
        }
    }

    private static async Task<int> StatusAsync(HttpClient client, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
