using System.Net.Sockets;
using System.Text;

namespace MyApi.Tests;

/// <summary>A process with little memory and few descriptors, and clients who take what they can.</summary>
public sealed class MachineTests
{
    [Fact]
    public async Task A_small_machine_lives_through_idle_unfinished_and_unread_connections_and_answers_the_others()
    {
        // 192 MB: what the runtime takes of a container with 256.
        var settings = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0xC000000" };
        var folder = MyApiProcess.NewFolder();
        await using var api = await MyApiProcess.ServeAsync(folder, settings, openFiles: 1024);
        var crowd = new List<Socket>();
        for (var i = 0; i < 1000; i++)
        {
            crowd.Add(await ConnectAsync(api));
        }

        for (var i = 0; i < 300; i++)
        {
            crowd.Add(await ConnectAsync(api, "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
                + new string(' ', 100_000)));
            crowd.Add(await ConnectAsync(api, string.Concat(Enumerable.Repeat("GET /posts?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n", 4))));
        }

        foreach (var path in new[] { "/healthz", "/posts?limit=1", "/users/1", "/files/none", "/openapi/v1.json" })
        {
            // The crowd makes room after a second; until then a newcomer is told to come back.
            int status;
            for (var attempt = 0; (status = await GetAsync(api, path)) == 503 && attempt < 20; attempt++)
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
            }

            Assert.True(status is 200 or 404, $"{path}: {status}");
        }

        crowd.ForEach(socket => socket.Dispose());
        Assert.False(api.HasEnded);
        await api.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<int> GetAsync(MyApiProcess api, string path)
    {
        using var client = new HttpClient { BaseAddress = api.Client.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
        try
        {
            using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException) when (!api.HasEnded)
        {
            return 503;
        }
    }

    private static async Task<Socket> ConnectAsync(MyApiProcess api, string text = "")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, api.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        }
        catch (Exception fault) when (fault is SocketException or TimeoutException)
        {
            // It was cut to make room, or takes no more: both are fine.
        }

        return socket;
    }
}
