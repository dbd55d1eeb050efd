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
        for (var round = 0; round < rounds; round++)
        {
            await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string>
            {
                ["DRAIN_DELAY"] = "1s",
                ["RATELIMIT_ENABLED"] = "false",
            });
            var served = 0;
            var callers = Enumerable.Range(0, 4).Select(_ => CallAsync(api.Client, () => Interlocked.Increment(ref served))).ToList();
            // Each round at another moment.
            while (Volatile.Read(ref served) < 1 + (round * 7))
            {
                await Task.Delay(1, Stop);
            }

            var ended = api.SignalAsync("TERM");
            await Task.WhenAll(callers);
            Assert.Equal(0, await ended);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task CallAsync(HttpClient client, Action served)
    {
        for (var isEnding = false; !isEnding;)
        {
            using var response = await client.GetAsync("/posts", Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            isEnding = response.Headers.ConnectionClose is true;
            served();
        }
    }
}
