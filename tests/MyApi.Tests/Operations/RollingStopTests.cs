namespace MyApi.Tests;

/// <summary>SIGTERM under load: callers that go on until the app says that it ends lose nothing. STOP_ROUNDS=50 makes it long.</summary>
public sealed class RollingStopTests : IDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_request_is_lost_when_the_app_ends_under_load()
    {
        await MyApiProcess.RunAsync(_folder, new Dictionary<string, string>(), "db", "upgrade");
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("STOP_ROUNDS"), out var wanted) ? wanted : 3;
        var (token, written) = ("", 0);
        for (var round = 0; round < rounds; round++)
        {
            await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string>
            {
                // Those of the first round connect after the signal.
                ["DRAIN_DELAY"] = round == 0 ? "5s" : "1s",
                ["RATELIMIT_ENABLED"] = "false",
            });
            token = round == 0 ? await SignInAsync(api.Client) : token;
            api.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            var served = 0;
            var readers = Enumerable.Range(0, 3).Select(_ => CallAsync(() => api.Client.GetAsync("/posts", Stop), HttpStatusCode.OK, () =>
                Interlocked.Increment(ref served)));
            var writer = CallAsync(() => api.Client.PostJson("/posts", new { title = "Written", body = "b" }), HttpStatusCode.Created, () =>
            {
                Interlocked.Increment(ref served);
                written++;
            });
            var callers = readers.Append(writer).ToList();
            // Each round at another moment: the first before anything was served.
            while (Volatile.Read(ref served) < round * 7)
            {
                await Task.Delay(1, Stop);
            }

            var ended = api.SignalAsync("TERM");
            await Task.WhenAll(callers);
            Assert.Equal(0, await ended);
        }

        await using var after = await MyApiProcess.ServeAsync(_folder);
        Assert.Equal(written, (await after.Client.GetAsync("/posts", Stop).Expect(200)).GetProperty("total").GetInt32());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> SignInAsync(HttpClient client)
    {
        await client.RegisterAsync("alice").Expect(201);
        return (await client.PostJson("/auth/login", new { email = "alice@example.com", password = Api.Password }).Expect<Carafe.Auth.TokenPair>(200))
            .AccessToken;
    }

    private static async Task CallAsync(Func<Task<HttpResponseMessage>> call, HttpStatusCode expected, Action served)
    {
        for (var isEnding = false; !isEnding;)
        {
            using var response = await call();
            Assert.Equal(expected, response.StatusCode);
            isEnding = response.Headers.ConnectionClose is true;
            served();
        }
    }
}
