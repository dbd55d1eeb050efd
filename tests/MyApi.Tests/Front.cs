using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyApi.Tests;

/// <summary>A proxy on a free port of its own; <c>nginx-tls</c> takes HTTP/1.1 and HTTP/2 over TLS.</summary>
internal sealed class Front(Process process, string folder, int port, X509Certificate2? certificate) : IAsyncDisposable
{
    private HttpClient? _client;

    public HttpClient Client => _client ??= Open(HttpVersion.Version11);

    /// <summary>Makes a client that speaks one version of HTTP and no other; the caller disposes it.</summary>
    public HttpClient Open(Version version) => new(new SocketsHttpHandler
    {
        Expect100ContinueTimeout = TimeSpan.FromSeconds(5),
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate?.GetCertHashString() },
    })
    {
        BaseAddress = new Uri($"{(certificate is null ? "http" : "https")}://127.0.0.1:{port}"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public static async Task<Front> StartAsync(string name, Uri behind)
    {
        var secure = name.EndsWith("-tls", StringComparison.Ordinal);
        name = name.Split('-')[0];
        var program = new[] { "/usr/sbin", "/usr/bin", "/sbin" }.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"{name} is not installed: apt-get install nginx haproxy varnish");
        var folder = MyApiProcess.NewFolder();
        // The proxies give up their rights, and read it as somebody else.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        var port = FreePort();
        var file = Path.Combine(folder, "proxy.conf");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var certificate = secure ? request.CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, default), new(2090, 1, 1, 0, 0, 0, default)) : null;
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"), certificate?.ExportCertificatePem());
        await File.WriteAllTextAsync(file, Configuration(name, folder, port, behind, secure));
        string[] arguments = name switch
        {
            "nginx" => ["-p", folder, "-c", file, "-e", Path.Combine(folder, "error.log")],
            "haproxy" => ["-db", "-f", file],
            _ => ["-F", "-f", file, "-a", $"127.0.0.1:{port}", "-n", Path.Combine(folder, "work"), "-s", "malloc,32m"],
        };
        var front = new Front(Process.Start(new ProcessStartInfo(program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!,
            folder, port, certificate);
        for (var patience = 600; patience > 0; patience--)
        {
            try
            {
                using var response = await front.Client.GetAsync("/healthz", TestContext.Current.CancellationToken);
                return front;
            }
            catch (HttpRequestException) when (!front.HasEnded)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        await front.DisposeAsync();
        throw new InvalidOperationException($"{name} does not answer.");
    }

    private bool HasEnded => process.HasExited;

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        certificate?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string Configuration(string name, string folder, int port, Uri behind, bool secure) => name switch
    {
        "nginx" => $$"""
            daemon off; user root; worker_processes 1; pid {{folder}}/pid;
            events { worker_connections 256; }
            http {
                access_log off; client_max_body_size 0; lingering_close always; lingering_time 120s; lingering_timeout 60s;
                client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/temp;
                fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
                proxy_cache_path {{folder}}/cache keys_zone=one:1m;
                upstream api { server {{behind.Authority}}; keepalive 8; }
                server {
                    listen 127.0.0.1:{{port}}{{(secure ? $" ssl http2; ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem" : "")}};
                    location / {
                        proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection "";
                        proxy_request_buffering off; proxy_cache one; proxy_cache_revalidate on;
                    }
                }
            }
            """,
        "haproxy" => $"""
            defaults
                mode http
                timeout connect 5s
                timeout client 60s
                timeout server 60s
            frontend all
                bind 127.0.0.1:{port}
                default_backend api
            backend api
                server one {behind.Authority}

            """,
        _ => $$"""
            vcl 4.1;
            backend api { .host = "{{behind.Host}}"; .port = "{{behind.Port}}"; }
            # Keeps whatever the standard lets a shared cache keep, and asks again each time (RFC 9111 section 4.3).
            sub vcl_recv { if (req.method == "GET") { return (hash); } }
            sub vcl_backend_response {
                if (beresp.http.Cache-Control !~ "no-store" && beresp.status == 200) {
                    set beresp.ttl = 0s; set beresp.grace = 0s; set beresp.keep = 1h; return (deliver);
                }
            }
            """,
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
