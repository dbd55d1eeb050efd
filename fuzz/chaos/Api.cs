using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Chaos;

/// <summary>MyApi as a process of its own, and what it has acknowledged.</summary>
internal sealed class Api : IDisposable
{
    private const string Password = "correct horse battery";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentDictionary<int, string> _acknowledged = [];

    public Api(string assembly, string folder, IReadOnlyDictionary<string, string> settings, string shell)
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Address = (IPEndPoint)listener.LocalEndpoint;
        }

        Client = NewClient();
        var own = new Dictionary<string, string>(settings) { ["ASPNETCORE_URLS"] = Client.BaseAddress!.ToString() };
        _process = new Process { StartInfo = Info(assembly, folder, own, shell) };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IPEndPoint Address { get; }

    public HttpClient Client { get; }

    public string Output => string.Join('\n', _lines);

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public IReadOnlyDictionary<int, string> Acknowledged => _acknowledged;

    /// <summary>Gets the memory that the process holds, in megabytes.</summary>
    public double Resident
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    public static ProcessStartInfo Info(string assembly, string folder, IReadOnlyDictionary<string, string> settings, string shell, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"{shell} exec \"$@\"", "chaos", "dotnet", assembly, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["RATELIMIT_ENABLED"] = "false";
        start.Environment["ACCESS_LOG"] = "false";
        start.Environment["DATABASE_URL"] = $"sqlite:///{folder}/app.db";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public HttpClient NewClient() => new() { BaseAddress = new Uri($"http://{Address}"), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Waits until the server is ready.</summary>
    public async Task ReadyAsync()
    {
        for (var attempt = 0; await ReadinessAsync() != 200; attempt++)
        {
            Machine.Check(attempt < 600 && !HasEnded, "The server does not become ready.");
            await Task.Delay(100);
        }
    }

    public async Task<int> ReadinessAsync()
    {
        try
        {
            using var response = await Client.GetAsync(new Uri("/readyz", UriKind.Relative));
            return (int)response.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Calls as a user from here on, who is registered where there is no such user yet.</summary>
    public async Task SignInAsync(string name = "alice")
    {
        Client.DefaultRequestHeaders.Authorization = null;
        using var registered = await Client.PostAsJsonAsync("/auth/register", new { username = name, email = $"{name}@example.com", password = Password });
        using var login = await Client.PostAsJsonAsync("/auth/login", new { email = $"{name}@example.com", password = Password });
        var token = (await login.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <summary>Writes a post and remembers it if it was acknowledged. Returns the status, 0 where the connection broke.</summary>
    public async Task<int> WriteAsync(int size = 100)
    {
        var title = Guid.NewGuid().ToString("N");
        try
        {
            using var response = await Client.PostAsJsonAsync("/posts", new { title, body = new string('b', size) });
            if (response.StatusCode == HttpStatusCode.Created)
            {
                _acknowledged[(await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32()] = title;
            }

            return (int)response.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Writes from several places until it is told to stop. A write is acknowledged or refused with 503; nothing else is expected.</summary>
    public Task WriteUntilAsync(CancellationToken stop, int writers = 4) => Task.WhenAll(Enumerable.Range(0, writers).Select(async _ =>
    {
        while (!stop.IsCancellationRequested)
        {
            var status = await WriteAsync();
            Machine.Check(status is 0 or 201 or 503, $"A write was answered with {status}.");
        }
    }));

    /// <summary>Looks for everything that a server has acknowledged.</summary>
    public async Task CheckAsync(IEnumerable<KeyValuePair<int, string>> acknowledged)
    {
        foreach (var (id, title) in acknowledged)
        {
            using var response = await Client.GetAsync(new Uri($"/posts/{id}", UriKind.Relative));
            Machine.Check(response.IsSuccessStatusCode, $"Post {id} was acknowledged and is {(int)response.StatusCode}.");
            var found = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString();
            Machine.Check(found == title, $"Post {id} was acknowledged as {title} and is {found}.");
        }
    }

    public void Signal(string signal) => Machine.Run("kill", $"-{signal}", Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends it as a crash would, or as an operator does.</summary>
    public async Task EndAsync(string signal)
    {
        Signal(signal);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        Client.Dispose();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
            while (_lines.Count > 60)
            {
                _lines.TryDequeue(out _);
            }
        }
    }
}
