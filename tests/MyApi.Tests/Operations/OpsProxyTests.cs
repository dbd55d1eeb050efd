using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace MyApi.Tests;

/// <summary>The configurations in ops/ as they stand there, but for addresses and files, in front of MyApi.</summary>
public sealed class OpsProxyTests : IDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();
    private readonly (int Plain, int Secure) _ports = (FreePort(), FreePort());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task A_proxy_with_the_configuration_of_ops_ends_TLS_and_names_the_caller(string proxy)
    {
        var program = new[] { "/usr/sbin", "/usr/bin" }.Select(place => Path.Combine(place, proxy)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"{proxy} is not installed: apt-get install nginx caddy");
        await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string> { ["TRUSTED_PROXIES"] = "127.0.0.1" });
        var start = new ProcessStartInfo(program!, await ArgumentsAsync(proxy, api.Client.BaseAddress!))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["HOME"], start.Environment["XDG_DATA_HOME"], start.Environment["XDG_CONFIG_HOME"]) = (_folder, _folder, _folder);
        using var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            using var client = Client();
            while (!await AnswersAsync(client))
            {
                Assert.False(process.HasExited, $"{proxy} ended");
                await Task.Delay(100, Stop);
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, "/posts?page=1") { Version = HttpVersion.Version20 };
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");
            request.Headers.TryAddWithoutValidation("Forwarded", "for=203.0.113.8");
            using var response = await client.SendAsync(request, Stop);
            Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
            Assert.True(response.Headers.Contains("Strict-Transport-Security"));
            // The caller is whom the proxy saw, whatever the caller wrote.
            Assert.DoesNotContain("203.0.113", api.Output, StringComparison.Ordinal);

            using var refused = await client.PostAsync("/posts", new ByteArrayContent(new byte[3_000_000]), Stop);
            using var body = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Stop));
            Assert.Equal((int)refused.StatusCode, body.RootElement.GetProperty("status").GetInt32());

            using var plain = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_ports.Plain}/posts?page=1");
            plain.Headers.Host = "api.example.com";
            using var sent = await client.SendAsync(plain, Stop);
            Assert.Equal(("308", "https", "/posts?page=1"),
                ($"{(int)sent.StatusCode}", sent.Headers.Location?.Scheme, sent.Headers.Location?.PathAndQuery));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync("/healthz", Stop);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var port = context.DnsEndPoint.Host == "api.example.com" ? _ports.Secure : context.DnsEndPoint.Port;
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null },
    })
    {
        BaseAddress = new Uri("https://api.example.com"),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        DefaultRequestVersion = HttpVersion.Version20,
    };

    private async Task<string[]> ArgumentsAsync(string proxy, Uri behind)
    {
        var file = Path.Combine(_folder, "proxy.conf");
        if (proxy == "caddy")
        {
            var text = await ReadAsync("ops/caddy/Caddyfile");
            text = text.Replace("127.0.0.1:5000", behind.Authority, StringComparison.Ordinal)
                .Replace("api.example.com {\n", "api.example.com {\n\ttls internal\n", StringComparison.Ordinal);
            await File.WriteAllTextAsync(file,
                $"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {_ports.Plain}\n\thttps_port {_ports.Secure}\n}}\n{text}", Stop);
            return ["run", "--adapter", "caddyfile", "--config", file];
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=api.example.com", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, default), new(2090, 1, 1, 0, 0, 0, default));
        await File.WriteAllTextAsync(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem(), Stop);
        await File.WriteAllTextAsync(Path.Combine(_folder, "cert.pem"), certificate.ExportCertificatePem(), Stop);
        var site = (await ReadAsync("ops/nginx/myapi.conf"))
            .Replace("127.0.0.1:5000 ", $"{behind.Authority} ", StringComparison.Ordinal)
            .Replace("/etc/ssl/myapi/", $"{_folder}/", StringComparison.Ordinal)
            .Replace("listen 80;", $"listen 127.0.0.1:{_ports.Plain};", StringComparison.Ordinal)
            .Replace("listen [::]:80;", "", StringComparison.Ordinal)
            .Replace("listen 443 ssl", $"listen 127.0.0.1:{_ports.Secure} ssl", StringComparison.Ordinal)
            .Replace("listen [::]:443 ssl http2;", "", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, $$"""
            daemon off; user root; worker_processes 1; pid {{_folder}}/pid;
            events { worker_connections 256; }
            http {
                access_log off; client_body_temp_path {{_folder}}/body; proxy_temp_path {{_folder}}/temp;
                fastcgi_temp_path {{_folder}}/f; uwsgi_temp_path {{_folder}}/u; scgi_temp_path {{_folder}}/s;
                {{site}}
            }
            """, Stop);
        return ["-p", _folder, "-c", file, "-e", Path.Combine(_folder, "error.log")];
    }

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Repository.Root, file), Stop);
}
