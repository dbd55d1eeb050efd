using Npgsql;

namespace MyApi.Tests;

/// <summary>What three replicas behind nginx hold while they are replaced, and while what they stand on goes and comes.</summary>
public sealed class ClusterLifeTests
{
    private const int Callers = 4;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_logout_is_everywhere_a_deployment_fails_no_request_and_what_goes_away_loses_nothing()
    {
        await using var cluster = await Cluster.StartAsync([]);
        await cluster.Front.RegisterAsync("alice").Expect(201);
        await LogoutReachesAllAsync(cluster);
        var load = new Load(cluster, await cluster.LoginAsync("alice"));

        // A new version, whose first replica migrates the database under the two that do not know it.
        await load.WhileAsync(async () =>
        {
            for (var replica = 0; replica < cluster.Replicas.Length; replica++)
            {
                await cluster.DeployNextAsync(replica);
            }
        });
        Assert.Equal((0, 0), (load.Failed, load.Unavailable));
        await using (var database = NpgsqlDataSource.Create(ConnectionString(cluster)))
        {
            await using var column = database.CreateCommand("SELECT count(*) FROM posts WHERE next_version = 7");
            Assert.Equal((long)load.Written, await column.ExecuteScalarAsync(Stop));
        }

        // A replica goes: what was in flight on it may fail, one request for each caller, and nothing after it.
        await load.WhileAsync(async () =>
        {
            await cluster.Replicas[2].KillAsync();
            await load.MoreAsync(40);
        });
        Assert.InRange(load.Failed, 0, Callers);
        Assert.Equal(0, load.Unavailable);

        // Redis goes and comes: limits that fail open let pass.
        var failed = load.Failed;
        await load.WhileAsync(async () =>
        {
            await cluster.Redis.KillAsync();
            await load.MoreAsync(40);
            await cluster.Front.PostJson("/auth/register", new { }).ExpectError(400);
            await cluster.Redis.RestartAsync();
            await Cluster.UntilAsync("the login, which is closed without its store, is open", async () =>
            {
                using var login = await cluster.Front.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password });
                return login.IsSuccessStatusCode;
            });
        });
        Assert.Equal((failed, 0), (load.Failed, load.Unavailable));

        // PostgreSQL goes and comes: 503 meanwhile, and afterwards all that was acknowledged is there.
        await load.WhileAsync(async () =>
        {
            await cluster.Postgres.KillAsync();
            await Cluster.UntilAsync("requests are 503", () => Task.FromResult(load.Unavailable > 0));
            await cluster.Postgres.RestartAsync();
            await load.MoreAsync(40);
        });
        Assert.Equal(failed, load.Failed);
        await LogoutReachesAllAsync(cluster, cluster.Replicas[..2]);
        var total = (await cluster.Front.GetAsync("/posts?limit=1").Expect(200)).GetProperty("total").GetInt32();
        Assert.InRange(total, load.Written, load.Written + load.Failed + load.Unavailable);
    }

    private static async Task LogoutReachesAllAsync(Cluster cluster, MyApiProcess[]? replicas = null)
    {
        replicas ??= cluster.Replicas;
        var token = await cluster.LoginAsync("alice");
        foreach (var replica in replicas)
        {
            Assert.Equal(200, await MeAsync(replica, token));
        }

        using var logout = new HttpRequestMessage(HttpMethod.Post, "/auth/logout") { Headers = { Authorization = new("Bearer", token) } };
        await replicas[0].Client.SendAsync(logout, Stop).Expect(204);
        foreach (var replica in replicas)
        {
            // Each remembers a session for an hour, so it has been told.
            await Cluster.UntilAsync("the logout is there", async () => await MeAsync(replica, token) == 401);
        }
    }

    private static async Task<int> MeAsync(MyApiProcess replica, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/auth/me") { Headers = { Authorization = new("Bearer", token) } };
        using var response = await replica.Client.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }

    private static string ConnectionString(Cluster cluster) =>
        $"Host=127.0.0.1;Port={cluster.Postgres.Port};Username=postgres;Database={cluster.DatabaseUrl.Split('/')[^1]};Pooling=false";

    /// <summary>Callers that read and write through nginx, and what they were answered.</summary>
    private sealed class Load(Cluster cluster, string token)
    {
        private int _written;
        private int _failed;
        private int _unavailable;
        private bool _done;
        private Task[] _callers = [];

        public int Written => Volatile.Read(ref _written);

        /// <summary>Gets how many were answered 5xx, but for 503, or not at all.</summary>
        public int Failed => Volatile.Read(ref _failed);

        public int Unavailable => Volatile.Read(ref _unavailable);

        /// <summary>Runs the callers until the work is done.</summary>
        public async Task WhileAsync(Func<Task> work)
        {
            _done = false;
            _callers = [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(CallAsync))];
            try
            {
                await MoreAsync(1);
                await work();
            }
            finally
            {
                Volatile.Write(ref _done, true);
                await Task.WhenAll(_callers);
            }
        }

        /// <summary>Waits until so many posts more have been acknowledged, or a caller has ended with an error.</summary>
        public Task MoreAsync(int posts)
        {
            var wanted = Written + posts;
            return Cluster.UntilAsync($"{posts} posts are written",
                () => Task.FromResult(Written >= wanted || Array.Exists(_callers, caller => caller.IsCompleted)));
        }

        private async Task CallAsync()
        {
            using var client = cluster.OpenClient();
            while (!Volatile.Read(ref _done))
            {
                // nginx asks another replica when one fails a read, so no read fails.
                using var get = new HttpRequestMessage(HttpMethod.Get, "/users/1");
                Assert.Contains(await SendAsync(client, get, 200), (int[])[200, 503]);
                using var post = new HttpRequestMessage(HttpMethod.Post, "/posts")
                {
                    Content = JsonContent.Create(new { title = "Written", body = "While a replica is replaced." }),
                    Headers = { Authorization = new("Bearer", token) },
                };
                if (await SendAsync(client, post, 201) == 201)
                {
                    Interlocked.Increment(ref _written);
                }

                // At full speed the callers leave no processor to what is started meanwhile.
                await Task.Delay(3, Stop);
            }
        }

        private async Task<int> SendAsync(HttpClient client, HttpRequestMessage request, int expected)
        {
            // A connection that is kept may be closed just as the next request is sent.
            request.Headers.ConnectionClose = true;
            using var response = await client.SendAsync(request, Stop);
            var status = (int)response.StatusCode;
            Assert.True(status == expected || status >= 500, $"{status}: {await response.Content.ReadAsStringAsync(Stop)}");
            if (status != expected)
            {
                Interlocked.Increment(ref status == 503 ? ref _unavailable : ref _failed);
            }

            return status;
        }
    }
}
