namespace MyApi.Tests;

/// <summary>Three MyApi as processes of their own on one PostgreSQL and one Redis, behind nginx.</summary>
public sealed class ClusterTests
{
    private const int Requests = 10_000;

    [Theory]
    [InlineData("redis")]
    [InlineData("postgresql")]
    public async Task Of_ten_thousand_requests_over_three_replicas_exactly_a_hundred_are_allowed(string store)
    {
        await using var cluster = await Cluster.StartAsync(new()
        {
            ["RATELIMIT_STORE"] = store,
            ["LIMITS__auth.Register"] = "100/day",
            ["LIMITS__auth.Forgot"] = "100/day moving",
        });
        foreach (var path in (string[])["/auth/register", "/auth/forgot"])
        {
            var (allowed, undecided, refused) = (0, 0, 0);
            await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = TestContext.Current.CancellationToken },
                async (_, cancellation) =>
                {
                    using var response = await cluster.Front.PostAsync(path, new StringContent("{}", null, "application/json"), cancellation);
                    switch ((int)response.StatusCode)
                    {
                        case 400 when response.Headers.Contains("RateLimit"):
                            Interlocked.Increment(ref allowed);
                            break;
                        // On a machine without a free processor the store is not always heard in time; then the limit, which is open, lets pass.
                        case 400:
                            Interlocked.Increment(ref undecided);
                            break;
                        case 429:
                            Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
                            Interlocked.Increment(ref refused);
                            break;
                        default:
                            Assert.Fail($"{(int)response.StatusCode}");
                            break;
                    }
                });
            TestContext.Current.TestOutputHelper?.WriteLine($"{path}: {allowed} allowed, {undecided} undecided, {refused} refused");
            Assert.True(allowed <= 100 && allowed + undecided >= 100, $"{path}: {allowed} allowed, {undecided} undecided, {refused} refused");
        }
    }

    [Fact]
    public async Task A_logout_counts_everywhere_and_what_breaks_is_not_noticed()
    {
        await using var cluster = await Cluster.StartAsync([]);
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

        // A deployment: each replica in turn, while callers read and write.
        var written = await WhileAsync(cluster, async () =>
        {
            for (var replica = 0; replica < cluster.Replicas.Count; replica++)
            {
                await cluster.ReplaceAsync(replica);
            }
        });
        Assert.True(written > 0);
        var count = await cluster.Front.GetAsync("/posts?limit=1").Expect(200);
        Assert.Equal(written, count.GetProperty("total").GetInt32());

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
        Assert.Equal(written, (await cluster.Front.GetAsync("/posts?limit=1").Expect(200)).GetProperty("total").GetInt32());
    }

    /// <summary>Reads and writes from four callers until the work is done, and returns how many posts were acknowledged. Nothing may fail.</summary>
    private static async Task<int> WhileAsync(Cluster cluster, Func<Task> work)
    {
        var token = await cluster.LoginAsync("alice");
        var (written, done) = (0, false);
        var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
            {
                Assert.Equal(200, await StatusAsync(cluster.Front, "/users/1"));
                using var post = new HttpRequestMessage(HttpMethod.Post, "/posts")
                {
                    Content = JsonContent.Create(new { title = $"From {caller}", body = "While a replica is replaced." }),
                    Headers = { Authorization = new("Bearer", token), ConnectionClose = true },
                };
                using var response = await cluster.Front.SendAsync(post, TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.Created, response.StatusCode);
                Interlocked.Increment(ref written);
            }
        })).ToArray();
        try
        {
            await work();
        }
        finally
        {
            Volatile.Write(ref done, true);
            await Task.WhenAll(callers);
        }

        return written;
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
        // A connection that is kept may be closed just as the next request is sent.
        request.Headers.ConnectionClose = true;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
