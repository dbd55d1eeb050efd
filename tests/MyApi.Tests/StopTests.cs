using System.Diagnostics;
using System.Net.Sockets;

namespace MyApi.Tests;

/// <summary>SIGTERM at any moment: what came in is finished, and the exit code is 0.</summary>
public sealed class StopTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task A_server_that_is_told_to_stop_as_it_starts_finishes_what_came_in(int milliseconds)
    {
        var folder = MyApiProcess.NewFolder();
        await MyApiProcess.RunAsync(folder, new Dictionary<string, string>(), "db", "upgrade");
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(MyApp).Assembly.Location])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        using var process = Process.Start(start)!;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        while (true)
        {
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
                break;
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Yield();
            }
        }

        await socket.SendAsync("GET /posts HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 200", System.Text.Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_log_that_nobody_reads_holds_up_no_request_and_no_stop()
    {
        var folder = MyApiProcess.NewFolder();
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(MyApp).Assembly.Location]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        using var process = Process.Start(start)!;
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        while (true)
        {
            try
            {
                await client.GetAsync("/healthz", TestContext.Current.CancellationToken);
                break;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        for (var round = 0; round < 50; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.GetAsync("/healthz", TestContext.Current.CancellationToken)))
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
