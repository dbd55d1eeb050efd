using System.Diagnostics;
using System.Net.Sockets;
using Carafe.Tests.Limits;

namespace MyApi.Tests;

/// <summary>Three replicas with what they share, and nginx in front, which is the only one they trust.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();
    private Dictionary<string, string> _settings = [];
    private Process? _nginx;
    private int _port;

    private Cluster(PostgresServer postgres, RedisServer redis) => (Postgres, Redis) = (postgres, redis);

    public PostgresServer Postgres { get; }

    public RedisServer Redis { get; }

    public List<MyApiProcess> Replicas { get; } = [];

    public HttpClient Front { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

    public static async Task<Cluster> StartAsync(Dictionary<string, string> settings)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        var cluster = new Cluster(await PostgresServer.StartAsync(), await RedisServer.StartAsync());
        try
        {
            var all = new Dictionary<string, string>(settings)
            {
                ["DATABASE_URL"] = await cluster.Postgres.CreateDatabaseAsync(),
                ["REDIS_URL"] = cluster.Redis.Url,
                ["SECRET_KEY"] = "pZ3nK8vQ2rT7wX1yB5dF9hJ4mL6sA0cE",
                ["JWT_SECRET_KEY"] = "jVw2mQ8rXz5tKp1nLs7yHc4bGd9fTe3a",
                ["TRUSTED_PROXIES"] = "127.0.0.0/8",
                ["SESSION_CACHE_DURATION"] = "1h",
                ["ACCESS_LOG"] = "false",
            };
            cluster._settings = all;
            for (var i = 0; i < 3; i++)
            {
                cluster.Replicas.Add(await cluster.ServeAsync());
            }

            await cluster.StartNginxAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
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
        foreach (var replica in Replicas)
        {
            await replica.DisposeAsync();
        }

        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<MyApiProcess> ServeAsync() => MyApiProcess.ServeAsync(MyApiProcess.NewFolder(), _settings);

    private string Configuration => Path.Combine(_folder, "nginx.conf");

    private async Task StartNginxAsync()
    {
        const string Nginx = "/usr/sbin/nginx";
        Assert.SkipWhen(!File.Exists(Nginx), "nginx is not installed (Debian: apt-get install nginx).");
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        await WriteConfigurationAsync();
        _nginx = Process.Start(new ProcessStartInfo(Nginx, ["-p", _folder, "-c", Configuration, "-e", Path.Combine(_folder, "error.log")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Front.BaseAddress = new Uri($"http://127.0.0.1:{_port}");
        while (true)
        {
            try
            {
                using var response = await Front.GetAsync("/healthz", TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException) when (!_nginx.HasExited)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task WriteConfigurationAsync()
    {
        var servers = Replicas.Select(replica => $"server {replica.Client.BaseAddress!.Authority} max_fails=0; ");
        await File.WriteAllTextAsync(Configuration, $$"""
            daemon off; user root; worker_processes 1; pid {{_folder}}/pid;
            events { worker_connections 512; }
            http {
                access_log off; client_body_temp_path {{_folder}}/body; proxy_temp_path {{_folder}}/temp;
                fastcgi_temp_path {{_folder}}/f; uwsgi_temp_path {{_folder}}/u; scgi_temp_path {{_folder}}/s;
                upstream api { {{string.Concat(servers)}} keepalive 64; }
                server {
                    listen 127.0.0.1:{{_port}};
                    location / {
                        proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_next_upstream error timeout;
                        proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Host $http_host;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
                    }
                }
            }
            """);
    }
}
