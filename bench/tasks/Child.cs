using System.Diagnostics;

namespace TaskBench;

/// <summary>A process of the bench's app, on a database that is there.</summary>
internal static class Child
{
    public static Process Start(string databaseUrl, IEnumerable<string> args, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, .. args]);
        (string Name, string Value)[] all =
            [("ASPNETCORE_ENVIRONMENT", "Development"), ("DATABASE_URL", databaseUrl), ("MIGRATE_ON_START", "false"), .. settings];
        foreach (var (name, value) in all)
        {
            start.Environment[name] = value;
        }

        start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    /// <summary>Starts a web process, and waits until it responds.</summary>
    public static async Task<(Process Process, string Address)> StartWebAsync(
        HttpClient client, string url, string isWorker, CancellationToken stop)
    {
        var port = FreePort();
        var web = Start(url, ["run", "--port", $"{port}"], ("TASK_WORKER", isWorker));
        var address = $"http://127.0.0.1:{port}";
        while (true)
        {
            try
            {
                using var response = await client.GetAsync($"{address}/orders/last", stop);
                return (web, address);
            }
            catch (HttpRequestException) when (!web.HasExited)
            {
                await Task.Delay(100, stop);
            }
        }
    }

    public static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Gets the CPU that a process has used, in milliseconds.</summary>
    public static double Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalMilliseconds;
    }
}
