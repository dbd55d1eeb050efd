using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Carafe.Tests.Errors;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

/// <summary>Refused uploads over TLS and HTTP/2: the client reads why, every time, and the next request is answered.</summary>
public sealed class SecureRefusalTests
{
    private static readonly X509Certificate2 Own = Certificate();

    private static readonly (string Method, string Path, int Status)[] Refusals =
        [("POST", "/items", 413), ("POST", "/nope", 404), ("PUT", "/items", 405), ("POST", "/closed", 401), ("POST", "/late", 409)];

    public static TheoryData<string, int> Uploads => [.. from protocol in (string[])["HTTP/1.1 TLS", "HTTP/2 TLS", "HTTP/2"] from megabytes in (int[])[1, 5, 20]
                                                       select (protocol, megabytes)];

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_refused_upload_is_answered_with_why(string protocol, int megabytes)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log, protocol);
        using var client = Client(app, protocol);
        var body = new byte[(megabytes * 1024 * 1024) + 1000];
        for (var round = 0; round < 100 / Refusals.Length; round++)
        {
            foreach (var (method, path, status) in Refusals)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new("application/json");
                // What the server closes after a refusal must not be used again, and a client of HTTP/1.1 cannot know.
                request.Headers.ConnectionClose = protocol.StartsWith("HTTP/1", StringComparison.Ordinal);
                using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
                (await Answer.ReadAsync(response)).IsError(status);
            }
        }

        using var after = await client.GetAsync("/items/1", TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)after.StatusCode);
        Assert.DoesNotContain(log.From(LogLevel.Warning), line => !line.Contains("Overriding address", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public async Task A_client_that_sends_its_whole_body_first_reads_why_over_TLS(int megabytes)
    {
        await using var app = await StartAsync(new LogLines(), "HTTP/1.1 TLS");
        var body = new byte[(megabytes * 1024 * 1024) + 500_000];
        foreach (var (method, path, status) in Refusals)
        {
            for (var round = 0; round < 4; round++)
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, app.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
                await using var tls = new SslStream(socket.GetStream(), false, IsOurs);
                await tls.AuthenticateAsClientAsync("localhost");
                await tls.WriteAsync(Encoding.ASCII.GetBytes(
                    $"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"));
                await tls.WriteAsync(body);
                using var reader = new StreamReader(tls, Encoding.Latin1);
                Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), await reader.ReadLineAsync(), StringComparison.Ordinal);
                Assert.Contains("Connection: close", await reader.ReadToEndAsync(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 TLS")]
    [InlineData("HTTP/2 TLS")]
    [InlineData("HTTP/2")]
    public async Task What_expects_100_is_refused_or_read(string protocol)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log, protocol);
        using var client = Client(app, protocol);
        for (var round = 0; round < 20; round++)
        {
            foreach (var (path, status) in new[] { ("/closed", 401), ("/nope", 404), ("/items", 200) })
            {
                using var line = new StringContent(Items.Line, Encoding.UTF8, "application/json");
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = line };
                request.Headers.ExpectContinue = true;
                using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.Equal(status, (int)response.StatusCode);
            }
        }

        Assert.DoesNotContain(log.From(LogLevel.Warning), line => !line.Contains("Overriding address", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 TLS")]
    [InlineData("HTTP/2 TLS")]
    [InlineData("HTTP/2")]
    public async Task A_body_of_unknown_length_past_a_small_limit_is_413(string protocol)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log, protocol);
        using var client = Client(app, protocol);
        foreach (var size in new[] { 8_193, 9_000, 16_384, 20_000, 60_000 })
        {
            for (var round = 0; round < 10; round++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/small")
                {
                    Content = new PushedContent($"{{\"name\":\"{new string('x', size)}"),
                };
                using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
                (await Answer.ReadAsync(response)).IsError(413);
            }
        }

        Assert.DoesNotContain(log.From(LogLevel.Warning), line => !line.Contains("Overriding address", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 TLS")]
    [InlineData("HTTP/2 TLS")]
    [InlineData("HTTP/2")]
    public async Task An_upload_that_is_given_up_is_no_error_of_the_server(string protocol)
    {
        var log = new LogLines();
        await using var app = await StartAsync(log, protocol);
        using var client = Client(app, protocol);
        foreach (var path in new[] { "/items", "/late", "/slurp", "/once" })
        {
            for (var round = 0; round < 10; round++)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new EndlessContent(patience) };
                request.Headers.Add("Idempotency-Key", "k");
                try
                {
                    using var response = await client.SendAsync(request, patience.Token);
                    Assert.InRange((int)response.StatusCode, 400, 499);
                }
                catch (Exception left) when (left is OperationCanceledException or HttpRequestException)
                {
                }
            }
        }

        using var after = await client.GetAsync("/items/1", TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)after.StatusCode);
        Assert.DoesNotContain(log.From(LogLevel.Warning), line => !line.Contains("Overriding address", StringComparison.Ordinal));
    }

    private static HttpClient Client(TestApp app, string protocol)
    {
        var sockets = new SocketsHttpHandler
        {
            Expect100ContinueTimeout = TimeSpan.FromSeconds(30),
            SslOptions = { RemoteCertificateValidationCallback = IsOurs },
        };
        var version = protocol.StartsWith("HTTP/2", StringComparison.Ordinal) ? HttpVersion.Version20 : HttpVersion.Version11;
        return new HttpClient(new Exactly(version, sockets)) { BaseAddress = app.Client.BaseAddress };
    }

    // A client's default version is for the requests that it makes itself.
    private sealed class Exactly(Version version, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private static Task<TestApp> StartAsync(LogLines log, string protocol) => SmallApp.StartAsync(
        app =>
        {
            RefusalTests.Map(app);
            app.MapPost("/slurp", async (HttpRequest request, CancellationToken cancellationToken) =>
            {
                await request.Body.CopyToAsync(Stream.Null, cancellationToken);
                return TypedResults.NoContent();
            });
            app.MapPost("/once", (OrderLine line) => TypedResults.Ok(line)).WithIdempotency(allowAnonymous: true);
        },
        builder =>
        {
            builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Information);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocol.StartsWith("HTTP/2", StringComparison.Ordinal) ? HttpProtocols.Http2 : HttpProtocols.Http1;
                if (protocol.EndsWith("TLS", StringComparison.Ordinal))
                {
                    listen.UseHttps(Own);
                }
            }));
        },
        listen: true);

    private static bool IsOurs(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown?.GetCertHashString() == Own.GetCertHashString();

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, default), new(2090, 1, 1, 0, 0, 0, default));
        // The platform's TLS does not take a key that was made for this process alone.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
