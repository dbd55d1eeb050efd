using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fuzz;

/// <summary>MyApi as its users run it: a process of its own, in a folder of its own, on two free ports.</summary>
internal sealed partial class Server : IAsyncDisposable
{
    private static readonly string[] Bad = ["fail:", "crit:", "Unhandled exception", "\"LogLevel\":\"Error\"", "\"LogLevel\":\"Critical\""];

    private readonly Process _process;
    private readonly string _folder = Directory.CreateTempSubdirectory("carafe-fuzz-").FullName;
    private readonly ConcurrentQueue<string> _faults = [];
    private readonly ConcurrentQueue<string> _last = [];

    public Server(string assembly)
    {
        (Port, Http2Port) = (FreePort(), FreePort());
        var start = new ProcessStartInfo("dotnet", [assembly]) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["RATELIMIT_ENABLED"] = "false";
        start.Environment["Kestrel__Endpoints__one__Url"] = $"http://127.0.0.1:{Port}";
        start.Environment["Kestrel__Endpoints__two__Url"] = $"http://127.0.0.1:{Http2Port}";
        start.Environment["Kestrel__Endpoints__two__Protocols"] = "Http2";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
    }

    public int Port { get; }

    public int Http2Port { get; }

    public HttpClient Client { get; }

    public bool HasFaults => !_faults.IsEmpty || _process.HasExited;

    public string Faults => (_process.HasExited ? $"The server has ended with {_process.ExitCode}.\n" : "") + string.Join('\n', _faults.Take(60));

    public string Last => string.Join('\n', _last);

    /// <summary>Waits until it listens, and gives the token of a user who has written something.</summary>
    public async Task<string> PrepareAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Client.GetAsync(new Uri("/healthz", UriKind.Relative));
                break;
            }
            catch (HttpRequestException) when (attempt < 300 && !_process.HasExited)
            {
                await Task.Delay(100);
            }
        }

        var token = await SignInAsync("before");
        await CheckAsync();
        return token;
    }

    /// <summary>Calls as a new user from here on. Fuzzed requests may end the session of the one before, or delete the user.</summary>
    public async Task<string> SignInAsync(string name)
    {
        Client.DefaultRequestHeaders.Authorization = null;
        await Client.PostAsJsonAsync("/auth/register", new { username = name, email = $"{name}@example.com", password = "correct horse battery" });
        using var login = await Client.PostAsJsonAsync("/auth/login", new { email = $"{name}@example.com", password = "correct horse battery" });
        var token = (await login.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return token;
    }

    /// <summary>Asks whether readers and writers work.</summary>
    public async Task CheckAsync()
    {
        using var read = await Client.GetAsync(new Uri("/posts", UriKind.Relative));
        read.EnsureSuccessStatusCode();
        using var written = await Client.PostAsJsonAsync("/posts", new { title = "Still here", body = "b" });
        written.EnsureSuccessStatusCode();
        using var stored = await Client.PutAsync(new Uri($"/files/{Guid.NewGuid():N}", UriKind.Relative), new StringContent("x"));
        stored.EnsureSuccessStatusCode();
        using var ready = await Client.GetAsync(new Uri("/readyz", UriKind.Relative));
        ready.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // The access log knows the responses of HTTP/2 as well, which are not read.
    [GeneratedRegex(" 50[0246-9] [0-9.]+ ms ")]
    private static partial Regex Failed();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        _last.Enqueue(line);
        while (_last.Count > 60)
        {
            _last.TryDequeue(out _);
        }

        // The lines around a fault tell where it was.
        if (Bad.Any(bad => line.Contains(bad, StringComparison.Ordinal)) || Failed().IsMatch(line) || (!_faults.IsEmpty && _faults.Count < 60))
        {
            foreach (var before in _faults.IsEmpty ? _last.SkipLast(1).TakeLast(8) : [])
            {
                _faults.Enqueue(before);
            }

            _faults.Enqueue(line);
        }
    }
}
