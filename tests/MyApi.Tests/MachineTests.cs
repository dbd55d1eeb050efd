using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace MyApi.Tests;

/// <summary>A process with little memory and few descriptors, and clients who take what they can.</summary>
public sealed class MachineTests
{
    [Fact]
    public async Task A_small_machine_lives_through_idle_unfinished_and_unread_connections_and_answers_the_others()
    {
        await using var machine = await Machine.StartAsync();
        var crowd = new List<Socket>();
        for (var i = 0; i < 1000; i++)
        {
            crowd.Add(await machine.ConnectAsync());
        }

        for (var i = 0; i < 300; i++)
        {
            crowd.Add(await machine.ConnectAsync("POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
                + new string(' ', 100_000)));
            crowd.Add(await machine.ConnectAsync(string.Concat(Enumerable.Repeat("GET /posts?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n", 4))));
        }

        foreach (var path in new[] { "/healthz", "/posts?limit=1", "/users/1", "/files/none", "/openapi/v1.json" })
        {
            // The crowd makes room after a second; until then a newcomer is told to come back.
            int status;
            for (var attempt = 0; (status = await machine.GetAsync(path)) == 503 && attempt < 20; attempt++)
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
            }

            Assert.True(status is 200 or 404, $"{path}: {status}");
        }

        crowd.ForEach(socket => socket.Dispose());
        Assert.False(machine.HasEnded);
    }

    private sealed class Machine(Process process, int port) : IAsyncDisposable
    {
        public Uri Address { get; } = new($"http://127.0.0.1:{port}");

        public bool HasEnded => process.HasExited;

        public static async Task<Machine> StartAsync()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            var start = new ProcessStartInfo("bash", ["-c", $"ulimit -n 1024; exec dotnet '{typeof(MyApp).Assembly.Location}'"])
            {
                WorkingDirectory = MyApiProcess.NewFolder(),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
            // 192 MB: what the runtime takes of a container with 256.
            start.Environment["DOTNET_GCHeapHardLimit"] = "0xC000000";
            var machine = new Machine(Process.Start(start)!, port);
            machine.Read();
            for (var patience = 600; patience > 0; patience--)
            {
                try
                {
                    using var socket = await machine.ConnectAsync();
                    break;
                }
                catch (SocketException) when (!machine.HasEnded)
                {
                    await Task.Delay(100, TestContext.Current.CancellationToken);
                }
            }

            return machine;
        }

        public async Task<int> GetAsync(string path)
        {
            using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
            try
            {
                using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
                return (int)response.StatusCode;
            }
            catch (HttpRequestException) when (!HasEnded)
            {
                return 503;
            }
        }

        public async Task<Socket> ConnectAsync(string text = "")
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
            try
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken).AsTask()
                    .WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            }
            catch (Exception fault) when (fault is SocketException or TimeoutException)
            {
                // It was cut to make room, or takes no more: both are fine.
                return socket;
            }

            return socket;
        }

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        private void Read()
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }
    }
}
