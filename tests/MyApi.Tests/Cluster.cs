using System.Diagnostics;
using System.Net.NetworkInformation;
using Carafe.Tests.Limits;

namespace MyApi.Tests;

/// <summary>Three replicas with what they share, and nginx with the upstream and location of ops/ in front, which is the only one they trust.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int Count = 3;

    private readonly string _folder = MyApiProcess.NewFolder();
    private readonly int[] _ports = FreePorts(Count + 2);
    private Dictionary<string, string> _settings = [];
    private Process? _nginx;

    private Cluster(PostgresServer postgres, RedisServer redis) => (Postgres, Redis) = (postgres, redis);

    public PostgresServer Postgres { get; }

    public RedisServer Redis { get; }

    public string DatabaseUrl => _settings["DATABASE_URL"];

    public MyApiProcess[] Replicas { get; } = new MyApiProcess[Count];

    public HttpClient Front { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Configuration => Path.Combine(_folder, "nginx.conf");

    public static async Task<Cluster> StartAsync(Dictionary<string, string> settings)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        var cluster = new Cluster(await PostgresServer.StartAsync(), await RedisServer.StartAsync());
        try
        {
            cluster._settings = new(settings)
            {
                ["DATABASE_URL"] = await cluster.Postgres.CreateDatabaseAsync(),
                ["REDIS_URL"] = cluster.Redis.Url,
                ["SECRET_KEY"] = "pZ3nK8vQ2rT7wX1yB5dF9hJ4mL6sA0cE",
                ["JWT_SECRET_KEY"] = "jVw2mQ8rXz5tKp1nLs7yHc4bGd9fTe3a",
                ["TRUSTED_PROXIES"] = "127.0.0.0/8",
                ["SESSION_CACHE_DURATION"] = "1h",
                ["ACCESS_LOG"] = "false",
            };
            await Task.WhenAll(Enumerable.Range(0, Count).Select(async index => cluster.Replicas[index] = await cluster.ServeAsync(index)));
            await cluster.StartNginxAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a client with connections of its own, for one request after the other: it opens none that it does not use at once.</summary>
    public HttpClient OpenClient() => new() { BaseAddress = Front.BaseAddress };

    public async Task<string> LoginAsync(string name) =>
        (await Front.PostJson("/auth/login", new { email = $"{name}@example.com", password = Api.Password }).Expect(200))
        .GetProperty("access_token").GetString()!;

    /// <summary>Runs a command of the app beside the replicas.</summary>
    public async Task CommandAsync(params string[] args)
    {
        var (code, output) = await MyApiProcess.RunAsync(MyApiProcess.NewFolder(), _settings, args);
        Assert.True(code == 0, output);
    }

    /// <summary>Deploys the next version as docs/replicas.md says: out of the list, SIGTERM, the new version on the same address, into the list.</summary>
    public async Task DeployNextAsync(int index)
    {
        await ListAsync("out", index);
        Assert.Equal(0, await Replicas[index].SignalAsync("TERM"));
        await Replicas[index].DisposeAsync();
        Replicas[index] = await ServeAsync(index, "MyApi.Next.dll");
        await UntilAsync("the new version is ready", async () =>
        {
            using var ready = await Replicas[index].Client.GetAsync("/readyz", Stop);
            return ready.IsSuccessStatusCode;
        });
        await ListAsync("in", index);
    }

    public static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        for (var started = Stopwatch.GetTimestamp(); !await holds(); await Task.Delay(20, Stop))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(120), $"waited for two minutes: {what}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Front.Dispose();
        if (_nginx is { HasExited: false })
        {
            _nginx.Kill(entireProcessTree: true);
            await _nginx.WaitForExitAsync();
        }

        _nginx?.Dispose();
        foreach (var replica in Replicas.Where(replica => replica is not null))
        {
            await replica.DisposeAsync();
        }

        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // A replica comes back on its address, so nobody may take that meanwhile: below the ports that the system gives away.
    private static int[] FreePorts(int count)
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        var ports = Enumerable.Range(20_000, 12_000).Where(port => !taken.Contains(port)).ToArray();
        Random.Shared.Shuffle(ports);
        return ports[..count];
    }

    private Task<MyApiProcess> ServeAsync(int index, string version = "MyApi.dll") =>
        MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), new Dictionary<string, string>(_settings) { ["ASPNETCORE_URLS"] = $"http://{Address(index)}" },
            version: version);

    private string Address(int index) => $"127.0.0.1:{_ports[index]}";

    private async Task ListAsync(string change, int index)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "ops/nginx/replica"), [change, Address(index), Configuration])
        {
            RedirectStandardError = true,
        };
        (start.Environment["NGINX_COMMAND"], start.Environment["NGINX_PID"]) =
            ($"/usr/sbin/nginx -p {_folder} -c {Configuration} -e {Path.Combine(_folder, "error.log")}", Path.Combine(_folder, "pid"));
        using var replica = Process.Start(start)!;
        var error = await replica.StandardError.ReadToEndAsync(Stop);
        await replica.WaitForExitAsync(Stop);
        Assert.True(replica.ExitCode == 0, error);
    }

    private async Task StartNginxAsync()
    {
        const string Nginx = "/usr/sbin/nginx";
        Assert.SkipWhen(!File.Exists(Nginx), "nginx is not installed (Debian: apt-get install nginx).");
        await WriteConfigurationAsync();
        _nginx = Process.Start(new ProcessStartInfo(Nginx, ["-p", _folder, "-c", Configuration, "-e", Path.Combine(_folder, "error.log")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Front.BaseAddress = new Uri($"http://127.0.0.1:{_ports[Count]}");
        while (true)
        {
            try
            {
                using var response = await Front.GetAsync("/healthz", Stop);
                return;
            }
            catch (HttpRequestException) when (!_nginx.HasExited)
            {
                await Task.Delay(20, Stop);
            }
        }
    }

    // ops/nginx/myapi.conf as it stands there, but for addresses, the number of replicas and TLS.
    private async Task WriteConfigurationAsync()
    {
        const string One = "    server 127.0.0.1:5000 max_fails=0;";
        var site = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "ops/nginx/myapi.conf"), Stop);
        Assert.Contains(One, site, StringComparison.Ordinal);
        site = site
            .Replace(One, string.Concat(Enumerable.Range(0, Count).Select(index => $"    server {Address(index)} max_fails=0;\n")), StringComparison.Ordinal)
            .Replace("listen 80;", $"listen 127.0.0.1:{_ports[Count + 1]};", StringComparison.Ordinal)
            .Replace("listen 443 ssl http2;", $"listen 127.0.0.1:{_ports[Count]};", StringComparison.Ordinal);
        site = string.Join('\n', site.Split('\n')
            .Where(line => !line.Contains("listen [::]", StringComparison.Ordinal) && !line.Contains(" ssl_", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(Configuration, $$"""
            daemon off; user root; worker_processes 1; pid {{_folder}}/pid;
            events { worker_connections 512; }
            http {
                access_log off; client_body_temp_path {{_folder}}/body; proxy_temp_path {{_folder}}/temp;
                fastcgi_temp_path {{_folder}}/f; uwsgi_temp_path {{_folder}}/u; scgi_temp_path {{_folder}}/s;
            {{site}}
            }
            """, Stop);
    }
}
