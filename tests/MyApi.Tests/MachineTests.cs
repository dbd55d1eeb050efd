using System.Diagnostics;
using System.Net;
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
            crowd.Add(await machine.ConnectAsync("POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n" + new string(' ', 100_000)));
            crowd.Add(await machine.ConnectAsync(string.Concat(Enumerable.Repeat("GET /posts?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n", 4))));
        }

        foreach (var path in new[] { "/healthz", "/posts?limit=1", "/users/1", "/files/none", "/openapi/v1.json" })
        {
            using var client = new HttpClient { BaseAddress = machine.Address, Timeout = TimeSpan.FromSeconds(30) };
            using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.True((int)response.StatusCode is 200 or 404, $"{path}: {response.StatusCode}");
        }

        crowd.ForEach(socket => socket.Dispose());
        Assert.False(machine.HasEnded);
    }

    [Fact]
    public async Task Too_few_descriptors_are_one_sentence_at_the_start()
    {
        await using var machine = await Machine.StartAsync(descriptors: 450, waits: false);
        await machine.EndedAsync();
        Assert.Contains("ulimit -n", machine.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", machine.Output, StringComparison.Ordinal);
        Assert.Equal(78, machine.ExitCode);
    }

    private sealed class Machine(Process process, int port) : IAsyncDisposable
    {
        private readonly StringBuilder _output = new();

        public Uri Address { get; } = new($"http://127.0.0.1:{port}");

        public bool HasEnded => process.HasExited;

        public int ExitCode => process.ExitCode;

        public string Output
        {
            get
            {
                lock (_output)
                {
                    return _output.ToString();
                }
            }
        }

        public static async Task<Machine> StartAsync(int descriptors = 1024, bool waits = true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            var start = new ProcessStartInfo("bash", ["-c", $"ulimit -n {descriptors}; exec dotnet '{typeof(MyApp).Assembly.Location}'"])
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
            for (var patience = 600; waits && patience > 0; patience--)
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

        public async Task<Socket> ConnectAsync(string text = "")
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
            try
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            }
            catch (Exception fault) when (fault is SocketException or TimeoutException)
            {
                // It was cut to make room, or takes no more: both are fine.
                return socket;
            }

            return socket;
        }

        public Task EndedAsync() => process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

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
            process.OutputDataReceived += (_, line) => Add(line.Data);
            process.ErrorDataReceived += (_, line) => Add(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        private void Add(string? line)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
