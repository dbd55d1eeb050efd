using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace MyApi.Tests;

/// <summary>TLS by the app itself: TLS_CERT, TLS_KEY, and the ports beside it.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _folder = MyApiProcess.NewFolder();
    private readonly int _port = FreePort();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Cert => Path.Combine(_folder, "cert.pem");

    private string Key => Path.Combine(_folder, "key.pem");

    [Fact]
    public async Task The_app_serves_a_certificate_and_the_next_one_when_the_files_change()
    {
        WritePair("CN=first");
        await using var api = await ServeAsync();
        Assert.Equal("CN=first", await ServedAsync());
        using (var client = Client(HttpVersion.Version20))
        {
            using var response = await client.GetAsync("/posts", Stop);
            Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
        }

        await Assert.ThrowsAnyAsync<Exception>(() => ServedAsync(Old));
        WritePair("CN=second");
        while (await ServedAsync() != "CN=second")
        {
            await Task.Delay(100, Stop);
        }
    }

    [Fact]
    public async Task A_hang_up_reads_the_certificate_again_and_a_broken_one_leaves_the_old_in_place()
    {
        WritePair("CN=first");
        await using var api = await ServeAsync();
        await File.WriteAllTextAsync(Key, "no key", Stop);
        api.Send("HUP");
        await UntilAsync(api, "The certificate stays as it was: TLS_KEY: ");
        Assert.Equal("CN=first", await ServedAsync());
        WritePair("CN=expired", until: 2021);
        api.Send("HUP");
        await UntilAsync(api, "The certificate stays as it was: TLS_CERT: ");
        Assert.Equal("CN=first", await ServedAsync());
        WritePair("CN=second");
        api.Send("HUP");
        await UntilAsync(api, "Serves the certificate of CN=second");
        Assert.Equal("CN=second", await ServedAsync());
        Assert.Equal(0, await api.SignalAsync("TERM"));
    }

    [Fact]
    public async Task An_expired_certificate_at_the_start_is_served_with_an_error_until_a_valid_one_comes()
    {
        WritePair("CN=expired", until: 2021);
        await using var api = await ServeAsync();
        await UntilAsync(api, "The certificate of CN=expired expired at 2021-01-01");
        Assert.Equal("CN=expired", await ServedAsync());
        WritePair("CN=second");
        await UntilAsync(api, "Serves the certificate of CN=second");
    }

    [Fact]
    public async Task A_certificate_that_is_away_for_a_while_leaves_the_old_one_in_place_and_is_taken_when_it_is_back()
    {
        WritePair("CN=first");
        await using var api = await ServeAsync();
        await UntilAsync(api, "Serves the certificate of CN=first");
        File.Move(Cert, $"{Cert}.away");
        await UntilAsync(api, "The certificate stays as it was: TLS_CERT: ");
        Assert.Equal("CN=first", await ServedAsync());
        File.Move($"{Cert}.away", Cert);
        await UntilAsync(api, "Serves the certificate of CN=first", times: 2);
        Assert.Equal(1, Count(api, "The certificate stays as it was"));
        Assert.Equal(0, await api.SignalAsync("TERM"));
    }

    [Fact]
    public async Task Plain_HTTP_is_sent_to_TLS_and_HTTP_2_without_TLS_has_its_own_port()
    {
        WritePair("CN=localhost");
        var (redirect, h2c) = (FreePort(), FreePort());
        await using var api = await ServeAsync(new() { ["HTTP_REDIRECT_PORT"] = $"{redirect}", ["H2C_PORT"] = $"{h2c}" });
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var sent = await client.PostAsync(new Uri($"http://127.0.0.1:{redirect}/posts?page=2"), null, Stop);
        Assert.Equal((308, $"https://127.0.0.1:{_port}/posts?page=2"), ((int)sent.StatusCode, sent.Headers.Location?.ToString()));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{h2c}/posts")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request, Stop);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
    }

    [Fact]
    public async Task Files_that_are_no_pair_are_listed_at_the_start()
    {
        WritePair("CN=first");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(Key, other.ExportPkcs8PrivateKeyPem(), Stop);
        var (code, output) = await MyApiProcess.RunAsync(_folder, new Dictionary<string, string> { ["TLS_CERT"] = Cert, ["TLS_KEY"] = Key, ["PORT"] = "x" });
        Assert.Equal(78, code);
        Assert.Contains($"TLS_KEY: {Key} is not the key of TLS_CERT", output, StringComparison.Ordinal);
        Assert.Contains("PORT", output, StringComparison.Ordinal);
        (code, output) = await MyApiProcess.RunAsync(_folder, new Dictionary<string, string> { ["TLS_CERT"] = Cert });
        Assert.Equal((78, true), (code, output.Contains("TLS needs both", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_app_listens_on_a_unix_socket()
    {
        var path = Path.Combine(_folder, "api.sock");
        await using var api = await MyApiProcess.ServeAsync(_folder, new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = $"http://unix:{path};http://127.0.0.1:0",
        });
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        await client.GetAsync(new Uri("http://localhost/posts"), Stop).Expect(200);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The first version that clients must not speak any more (RFC 8996).
#pragma warning disable SYSLIB0039, CA5397
    private static SslProtocols Old => SslProtocols.Tls11;
#pragma warning restore SYSLIB0039, CA5397

    private static int Count(MyApiProcess api, string line) => api.Output.Split(line).Length - 1;

    private static async Task UntilAsync(MyApiProcess api, string line, int times = 1)
    {
        while (Count(api, line) < times)
        {
            Assert.False(api.HasEnded, api.Output);
            await Task.Delay(50, Stop);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task<MyApiProcess> ServeAsync(Dictionary<string, string>? settings = null) =>
        MyApiProcess.ServeAsync(_folder, new Dictionary<string, string>(settings ?? [])
        {
            ["TLS_CERT"] = Cert,
            ["TLS_KEY"] = Key,
            ["ASPNETCORE_URLS"] = $"https://127.0.0.1:{_port};http://127.0.0.1:0",
        });

    private void WritePair(string subject, int until = 2090) => CertificateFiles.Write(Cert, Key, subject, new(until, 1, 1, 0, 0, 0, default));

    private HttpClient Client(Version version) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=first" },
    })
    {
        BaseAddress = new Uri($"https://127.0.0.1:{_port}"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private async Task<string> ServedAsync(SslProtocols versions = SslProtocols.None)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, Stop);
        var subject = "";
        await using var tls = new SslStream(client.GetStream(), false, (_, shown, _, _) =>
        {
            subject = shown?.Subject ?? "";
            return subject.Length > 0;
        });
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = versions }, Stop);
        return subject;
    }
}
