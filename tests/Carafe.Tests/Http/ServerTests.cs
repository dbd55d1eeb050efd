using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Carafe.Tests.Http;

/// <summary>What the server says to bytes that are no request, or that two readers could take for different requests.</summary>
public sealed class ServerTests
{
    private const string Second = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

    public static TheoryData<string, int> Refused => new()
    {
        { "GET /healthz HTTP/1.1\r\n\r\n", 400 },
        { "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400 },
        { "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
        { "GARBAGE\r\n\r\n", 400 },
        { "GET /healthz HTTP/1.1\nHost: x\n\n", 400 },
        { "GET /healthz HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", 400 },
        { "GET /healthz HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n", 400 },
        { "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", 400 },
        { "POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400 },
        { "POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello", 400 },
        { "POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello", 400 },
        { "POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nZZ\r\n", 400 },
        { "POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nContent-Type: application/json\r\n\r\nhello", 400 },
        { "POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\nContent-Type: application/json\r\n\r\nhello", 400 },
        { "POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nContent-Type: application/json\r\n\r\n0\r\n\r\n", 400 },
        { $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n", 414 },
        { $"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('a', 40_000)}\r\n\r\n", 431 },
        { $"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"X{i}: y\r\n"))}\r\n", 431 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_no_request_is_refused_and_what_follows_it_never_runs(string request, int status)
    {
        await using var app = await SmallApp.StartAsync(Items.Map, listen: true);
        var answer = await SendAsync(app, request + Second);
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(answer, "HTTP/1.1 "));
        Assert.DoesNotContain("Server:", answer, StringComparison.OrdinalIgnoreCase);
    }

    // Reads to the end: the server must close the connection.
    private static async Task<string> SendAsync(TestApp app, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(app.Client.BaseAddress!.Host, app.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await socket.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0;)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Closed with bytes of ours unread.
        }

        return text.ToString();
    }
}
