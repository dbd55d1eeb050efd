using System.Net.Sockets;
using System.Text;

namespace Carafe.Tests.Http;

public sealed class ServerTests
{
    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\n\r\n")]
    [InlineData("POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("POST /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nZZ\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GARBAGE\r\n\r\n")]
    public async Task What_is_no_http_is_400_and_the_connection_ends(string request)
    {
        await using var app = await HttpApp.StartAsync(Items.Map, kestrel: true);
        using var socket = new TcpClient();
        await socket.ConnectAsync(app.Address.Host, app.Address.Port, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var rest = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Server:", rest, StringComparison.OrdinalIgnoreCase);
    }
}
