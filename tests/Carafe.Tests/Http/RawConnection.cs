using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Carafe.Tests.Http;

/// <summary>A client that writes bytes as it likes.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, address.Port, TestContext.Current.CancellationToken);
        return connection;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        for (var rest = bytes.AsMemory(); !rest.IsEmpty;)
        {
            rest = rest[await _socket.SendAsync(rest, TestContext.Current.CancellationToken)..];
        }
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public void Reset() => _socket.Close(0);

    /// <summary>Reads one response, or what there is of it when the server closes.</summary>
    public async Task<Answer> ReadAsync()
    {
        var (text, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        while (true)
        {
            var read = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (Parse(text.ToString(), read == 0) is { } answer)
            {
                return answer;
            }
        }
    }

    /// <summary>Whether the server closes the connection without another byte.</summary>
    public async Task<bool> EndsAsync() =>
        await _socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken) == 0;

    public void Dispose() => _socket.Dispose();

    private static Answer? Parse(string text, bool ended)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return ended ? new Answer(0, text, []) : null;
        }

        var lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1).GroupBy(line => line.Split(':')[0], line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(),
            StringComparer.OrdinalIgnoreCase)
            .ToDictionary(header => header.Key, header => string.Join(", ", header), StringComparer.OrdinalIgnoreCase);
        var body = text[(end + 4)..];
        if (headers.ContainsKey("Transfer-Encoding"))
        {
            // What follows is the next response.
            var last = $"\r\n{body}".IndexOf("\r\n0\r\n\r\n", StringComparison.Ordinal);
            if (last < 0 && !ended)
            {
                return null;
            }

            body = string.Concat((last < 0 ? body : body[..last]).Split("\r\n").Where((_, line) => line % 2 == 1));
        }
        else if (!ended && headers.TryGetValue("Content-Length", out var length) && body.Length < int.Parse(length, CultureInfo.InvariantCulture))
        {
            return null;
        }

        return new Answer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), body, headers);
    }
}
