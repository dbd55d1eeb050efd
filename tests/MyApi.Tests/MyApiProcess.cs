using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace MyApi.Tests;

/// <summary>MyApi as a user runs it: a process of its own on a free port, in a folder of its own.</summary>
internal sealed class MyApiProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _disposed;

    private MyApiProcess(
        string folder, IReadOnlyDictionary<string, string> settings, string[] args, int? openFiles = null, bool unread = false, string version = "MyApi.dll")
    {
        // What ignores SIGHUP or SIGINT hands that on to what it starts: nohup does, and a shell with what it runs in the background.
        string[] command = IgnoresSignals() ? ["env", "--default-signal=HUP,INT", "dotnet"] : ["dotnet"];
        command = openFiles is null ? command : ["bash", "-c", $"ulimit -n {openFiles}; exec \"$@\"", "limited", .. command];
        var start = new ProcessStartInfo(command[0], [.. command[1..], Path.Combine(FolderOf(version), version), .. args])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"MyApi ended before it listened:{Environment.NewLine}{Output}"));
        _process.Start();
        _process.StandardInput.Close();
        if (!unread)
        {
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }
    }

    // MYAPI_PUBLISHED names the folder of a published MyApi, to test what is deployed in place of what is built for tests.
    private static string FolderOf(string version) =>
        Environment.GetEnvironmentVariable("MYAPI_PUBLISHED") is { Length: > 0 } published && File.Exists(Path.Combine(published, version))
            ? published
            : AppContext.BaseDirectory;

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

    public HttpClient Client { get; } = new();

    public bool HasEnded => _process.HasExited;

    public static string NewFolder() => Directory.CreateTempSubdirectory("myapi-").FullName;

    /// <summary>Starts the server and waits until it listens.</summary>
    public static async Task<MyApiProcess> ServeAsync(
        string folder, IReadOnlyDictionary<string, string>? settings = null, int? openFiles = null, string version = "MyApi.dll")
    {
        var process = new MyApiProcess(folder, settings ?? new Dictionary<string, string>(), [], openFiles, version: version);
        try
        {
            process.Client.BaseAddress = await process._listening.Task.WaitAsync(TimeSpan.FromSeconds(60));
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server on a port that is free now and waits for nothing. Unread, nobody takes what it prints.</summary>
    public static MyApiProcess Start(string folder, bool unread = false)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        var process = new MyApiProcess(folder, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = address }, [], unread: unread);
        process.Client.BaseAddress = new Uri(address);
        return process;
    }

    /// <summary>Starts a command that ends by itself or by a signal.</summary>
    public static MyApiProcess Begin(string folder, IReadOnlyDictionary<string, string> settings, params string[] args) => new(folder, settings, args);

    /// <summary>Returns whether the process has a file open.</summary>
    public bool HasOpen(string file) => !_process.HasExited
        && Directory.EnumerateFiles($"/proc/{_process.Id}/fd").Any(link => new FileInfo(link).LinkTarget == file);

    /// <summary>Runs a command to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(string folder, IReadOnlyDictionary<string, string> settings, params string[] args) =>
        EndAsync(new MyApiProcess(folder, settings, args));

    /// <summary>Runs the server, which cannot start with so few open files, to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(string folder, int openFiles) =>
        EndAsync(new MyApiProcess(folder, new Dictionary<string, string>(), [], openFiles));

    /// <summary>Sends a signal.</summary>
    public void Send(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    public async Task<int> SignalAsync(string signal)
    {
        Send(signal);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    /// <summary>Ends it as a crash would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        Client.Dispose();
        _process.Dispose();
    }

    private static async Task<(int ExitCode, string Output)> EndAsync(MyApiProcess api)
    {
        await using var process = api;
        await process._process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process._process.ExitCode, process.Output);
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        var at = line.IndexOf("http://127.0.0.1:", StringComparison.Ordinal);
        if (at >= 0 && Uri.TryCreate(line[at..].Split(' ', '"')[0], UriKind.Absolute, out var address))
        {
            _listening.TrySetResult(address);
        }
    }

    private static bool IgnoresSignals() => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[^1] is not ('0' or '4' or '8' or 'c');
}
