using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace MyApi.Tests;

/// <summary>The app as a service of systemd: its notifications, its sockets, its unit, a reload.</summary>
public sealed class SystemdTests : IDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Systemd_hears_that_the_app_is_ready_lives_reloads_and_stops()
    {
        var path = Path.Combine(_folder, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "400000" });
        Assert.Equal("READY=1", await HeardAsync(socket));
        Assert.Equal("WATCHDOG=1", await HeardAsync(socket));
        Assert.Equal("WATCHDOG=1", await HeardAsync(socket));
        api.Send("HUP");
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await OtherThanLifeAsync(socket), StringComparison.Ordinal);
        Assert.Equal("READY=1", await OtherThanLifeAsync(socket));
        var ended = api.SignalAsync("TERM");
        Assert.Equal("STOPPING=1", await OtherThanLifeAsync(socket));
        Assert.Equal(0, await ended);
    }

    [Fact]
    public async Task A_hang_up_reads_the_log_level_of_the_env_file_again()
    {
        var env = Path.Combine(_folder, ".env");
        await File.WriteAllTextAsync(env, "LOG_LEVEL=information\n", Stop);
        await using var api = await MyApiProcess.ServeAsync(_folder);
        await File.WriteAllTextAsync(env, "LOG_LEVEL=loud\n", Stop);
        api.Send("HUP");
        await UntilAsync(api, "LOG_LEVEL stays as it was: 'loud' is no level");
        await api.Client.GetAsync("/posts?page=1", Stop).Expect(200);
        await UntilAsync(api, "GET /posts 200");
        await File.WriteAllTextAsync(env, "LOG_LEVEL=debug\n", Stop);
        api.Send("HUP");
        await UntilAsync(api, "The log has level Debug");
        Assert.Equal(0, await api.SignalAsync("TERM"));
    }

    [Fact]
    public async Task The_app_serves_on_the_socket_that_systemd_hands_over()
    {
        const string Program = "/usr/bin/systemd-socket-activate";
        Assert.SkipUnless(File.Exists(Program), "systemd is not installed: apt-get install systemd");
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = free.LocalEndpoint.ToString()!;
        free.Stop();
        using var process = Process.Start(new ProcessStartInfo(Program,
            [
                "-l", address, "-E", "ASPNETCORE_ENVIRONMENT=Development", "-E", "PATH", "-E", "HOME", "-E", "DOTNET_ROOT",
                "dotnet", typeof(MyApp).Assembly.Location,
            ])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
            while (!await AnswersAsync(client))
            {
                Assert.False(process.HasExited, "systemd-socket-activate ended");
                await Task.Delay(100, Stop);
            }

            await client.GetAsync("/posts", Stop).Expect(200);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_unit_exposes_little_of_the_machine()
    {
        const string Program = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Program), "systemd is not installed: apt-get install systemd");
        using var process = Process.Start(new ProcessStartInfo(Program,
            ["security", "--offline=yes", "--threshold=25", "--no-pager", Path.Combine(Repository.Root, "ops/systemd/myapi.service")])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal((0, true), (process.ExitCode, output.Contains(" OK ", StringComparison.Ordinal)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> HeardAsync(Socket socket)
    {
        var buffer = new byte[1024];
        var length = await socket.ReceiveAsync(buffer, Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Stop);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static async Task<string> OtherThanLifeAsync(Socket socket)
    {
        string heard;
        do
        {
            heard = await HeardAsync(socket);
        }
        while (heard == "WATCHDOG=1");

        return heard;
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync("/livez", Stop);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(MyApiProcess api, string line)
    {
        while (!api.Output.Contains(line, StringComparison.Ordinal))
        {
            Assert.False(api.HasEnded, api.Output);
            await Task.Delay(50, Stop);
        }
    }
}
