using System.Diagnostics;
using System.Net.Sockets;

namespace Carafe.Tests.Limits;

/// <summary>A throw-away Redis on a free port of 127.0.0.1, which keeps nothing on disk and stops with the test.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly int _port;
    private Process _process;

    private RedisServer(int port, Process process) => (_port, _process) = (port, process);

    public static string? Missing => File.Exists("/usr/bin/redis-server") ? null : "Redis is not installed (Debian: apt-get install redis-server).";

    public string Url => $"redis://127.0.0.1:{_port}/0";

    public static async Task<RedisServer> StartAsync()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var server = new RedisServer(port, Run(port));
        await server.RespondsAsync();
        return server;
    }

    public async Task RestartAsync()
    {
        _process = Run(_port);
        await RespondsAsync();
    }

    public async Task KillAsync()
    {
        await ResumeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    // The kernel stops it with this process, however that ends.
    private static Process Run(int port) => Process.Start(new ProcessStartInfo("setpriv", [
        "--pdeathsig", "KILL", "redis-server", "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning",
        "--dir", "/tmp",
    ])
    { RedirectStandardOutput = true })!;

    private async Task RespondsAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port);
                await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
                await client.GetStream().ReadExactlyAsync(new byte[5]);
                return;
            }
            catch (Exception error) when (error is SocketException or IOException && attempt < 200)
            {
                await Task.Delay(25);
            }
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }
}
