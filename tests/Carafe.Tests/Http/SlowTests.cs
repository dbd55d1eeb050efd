using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

/// <summary>Clients that are slow, leave, or speak another version of HTTP.</summary>
public sealed class SlowTests
{
    [Fact]
    public async Task A_body_that_comes_too_slowly_is_408_and_the_connection_ends()
    {
        await using var app = await SmallApp.StartAsync(
            Items.Map,
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1_000, TimeSpan.FromSeconds(1.1))),
            listen: true);
        using var socket = new TcpClient();
        await socket.ConnectAsync(app.Client.BaseAddress!.Host, app.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        await socket.GetStream()
            .WriteAsync(Encoding.ASCII.GetBytes("POST /items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"),
                TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        Assert.Contains("\"message\":\"The request took too long to arrive.\"", answer, StringComparison.Ordinal);
        Assert.Equal(200, (await app.SendAsync("POST", "/items", Items.Line)).Status);
    }

    [Fact]
    public async Task Who_leaves_before_the_answer_is_no_failure_of_the_app()
    {
        var log = new LogLines();
        var left = new TaskCompletionSource();
        await using var app = await SmallApp.StartAsync(
            app =>
            {
                app.MapGet("/wait", async (CancellationToken cancellationToken) =>
                {
                    try
                    {
                        await Task.Delay(Timeout.Infinite, cancellationToken);
                    }
                    finally
                    {
                        left.SetResult();
                    }
                });
                Items.Map(app);
            },
            builder => builder.Logging.AddProvider(log),
            listen: true);
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(app.Client.BaseAddress!.Host, app.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        await left.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(200, (await app.SendAsync("GET", "/items/1")).Status);
        Assert.Empty(log.From(LogLevel.Warning));
    }

    [Fact]
    public async Task Http_2_gives_the_same_answers()
    {
        await using var app = await SmallApp.StartAsync(
            Items.Map, builder =>
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)),
            listen: true);
        app.Client.DefaultRequestVersion = HttpVersion.Version20;
        app.Client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        foreach (var (method, path, body, status) in ((string, string, string?, int)[])[
            ("GET", "/items/1", null, 200), ("GET", "/nope", null, 404), ("PUT", "/items/1", null, 405), ("POST", "/items", "{", 400),
            ("POST", "/items", Items.Line, 200), ("GET", "/crash", null, 500)])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact
            };
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpVersion.Version20, response.Version);
            var answer = await Answer.ReadAsync(response);
            _ = status < 400 ? answer : answer.IsError(status);
            Assert.Equal(status, answer.Status);
        }
    }
}
