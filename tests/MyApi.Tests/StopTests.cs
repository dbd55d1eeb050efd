using System.Net.Sockets;

namespace MyApi.Tests;

/// <summary>SIGTERM at any moment: what came in is finished, and the exit code is 0.</summary>
public sealed class StopTests : IDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task A_server_that_is_told_to_stop_as_it_starts_finishes_what_came_in(int milliseconds)
    {
        await MyApiProcess.RunAsync(_folder, new Dictionary<string, string>(), "db", "upgrade");
        await using var api = MyApiProcess.Start(_folder);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        while (!socket.Connected)
        {
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, api.Client.BaseAddress!.Port, Stop);
            }
            catch (SocketException) when (!api.HasEnded)
            {
                await Task.Yield();
            }
        }

        await socket.SendAsync("GET /posts HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await Task.Delay(milliseconds, Stop);
        var ended = api.SignalAsync("TERM");
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer, Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Stop);

        Assert.StartsWith("HTTP/1.1 200", System.Text.Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
        Assert.Equal(0, await ended);
    }

    [Fact]
    public async Task While_it_drains_the_server_answers_says_that_it_is_not_ready_and_ends_connections()
    {
        await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string> { ["DRAIN_DELAY"] = "4s" });
        using (var ready = await api.Client.GetAsync("/readyz", Stop))
        {
            Assert.Equal((HttpStatusCode.OK, null), (ready.StatusCode, ready.Headers.ConnectionClose));
        }

        var ended = api.SignalAsync("TERM");
        while (!api.Output.Contains("goes on listening", StringComparison.Ordinal) && !api.HasEnded)
        {
            await Task.Yield();
        }

        for (var round = 0; round < 8; round++)
        {
            using var late = await api.Client.GetAsync("/posts", Stop);
            Assert.Equal((HttpStatusCode.OK, true), (late.StatusCode, late.Headers.ConnectionClose));
        }

        using var unready = await api.Client.GetAsync("/readyz", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.StatusCode);
        Assert.Equal(0, await ended);
    }

    [Fact]
    public async Task A_second_signal_ends_the_server_at_once()
    {
        await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string> { ["DRAIN_DELAY"] = "10m" });
        var ended = api.SignalAsync("TERM");
        while (!api.Output.Contains("goes on listening", StringComparison.Ordinal) && !api.HasEnded)
        {
            await Task.Yield();
        }

        Assert.Equal(130, await api.SignalAsync("TERM"));
        await ended;
    }

    [Fact]
    public async Task A_log_that_nobody_reads_holds_up_no_request_and_no_stop()
    {
        await using var api = MyApiProcess.Start(_folder, unread: true);
        for (var listens = false; !listens;)
        {
            try
            {
                using var answer = await api.Client.GetAsync("/healthz", Stop);
                listens = true;
            }
            catch (HttpRequestException) when (!api.HasEnded)
            {
                await Task.Delay(50, Stop);
            }
        }

        for (var round = 0; round < 50; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => api.Client.GetAsync("/healthz", Stop))).WaitAsync(TimeSpan.FromSeconds(30), Stop);
        }

        Assert.Equal(0, await api.SignalAsync("TERM"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
