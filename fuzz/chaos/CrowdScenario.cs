using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Chaos;

/// <summary>
/// A process with 256 MB and 1,024 descriptors, and at once 1,000 connections that say nothing, 300 that do not finish a body and 300 that do not read. It
/// lives, other clients get their responses within two seconds, and afterwards it holds at most 1.3 times the memory of before.
/// </summary>
internal static class CrowdScenario
{
    private const double MostGrowth = 1.3;

    public static async Task RunAsync(Machine machine)
    {
        // Without groups: what the runtime takes of a container with 256 MB.
        var limit = machine.LimitMemory(256);
        var settings = new Dictionary<string, string>();
        if (limit is null)
        {
            settings["DOTNET_GCHeapHardLimit"] = "0xC000000";
        }

        var api = await machine.StartAsync(settings, $"{limit} ulimit -n 1024;");
        await api.SignInAsync();
        for (var i = 0; i < 100; i++)
        {
            Machine.Check(await api.WriteAsync(60_000) == 201, "A post cannot be written.");
        }

        await api.Client.GetByteArrayAsync(new Uri("/posts?limit=100", UriKind.Relative));
        // The memory before the crowd is read once the server is at rest; nothing tells when that is.
        await Task.Delay(1000);
        var before = api.Resident;
        var crowd = new Crowd(api);
        var (slowest, answers, refusals) = (TimeSpan.Zero, 0, 0);
        await crowd.FillAsync();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < machine.Hold; await Task.Delay(200))
        {
            foreach (var path in new[] { "/healthz", "/posts?limit=1", "/posts/1" })
            {
                var started = Stopwatch.GetTimestamp();
                refusals += await GetAsync(api, path);
                answers++;
                var took = Stopwatch.GetElapsedTime(started);
                slowest = took > slowest ? took : slowest;
            }

            await crowd.FillAsync();
        }

        var peak = api.Resident;
        crowd.Dispose();
        var after = api.Resident;
        for (var attempt = 0; attempt < 100 && after > before * MostGrowth; attempt++)
        {
            await Task.Delay(200);
            await GetAsync(api, "/healthz");
            after = api.Resident;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {answers} responses, {refusals} after a 503, the slowest in {slowest.TotalSeconds:0.00} s; "
            + $"{before:0} MB before, {peak:0} MB with the crowd, {after:0} MB after"));
        Machine.Check(!api.HasEnded, "The server has ended.");
        // The bar holds on a machine of its own. CI shares its cores, and a short run has few requests to wait for.
        var most = machine.Hold < TimeSpan.FromMinutes(1) ? 10 : 2;
        Machine.Check(slowest.TotalSeconds <= most, $"The slowest answer took {slowest.TotalSeconds} s.");
        Machine.Check(after <= before * MostGrowth, $"The server holds {after} MB, and held {before} MB before.");
        await api.CheckAsync(api.Acknowledged);
    }

    // On a connection of its own, as a newcomer. A 503 says to come back after a second; until the answer comes, the clock runs.
    private static async Task<int> GetAsync(Api api, string path)
    {
        using var client = api.NewClient();
        for (var refusals = 0; ; refusals++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
                if ((int)response.StatusCode < 500)
                {
                    return refusals > 0 ? 1 : 0;
                }
            }
            catch (HttpRequestException) when (!api.HasEnded)
            {
                // The connection was closed before a response: as a 503.
            }

            Machine.Check(refusals < 20, $"{path} is refused for good.");
            await Task.Delay(100);
        }
    }

    private sealed class Crowd(Api api) : IDisposable
    {
        private static readonly string Unfinished =
            $"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{new string(' ', 100_000)}";

        private static readonly string Unread = string.Concat(Enumerable.Repeat("GET /posts?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n", 4));

        private readonly List<(Socket Socket, string Text)> _sockets = [];

        /// <summary>Brings the crowd to its full number: who was closed comes back.</summary>
        public async Task FillAsync()
        {
            foreach (var gone in _sockets.Where(one => IsClosed(one.Socket)).ToList())
            {
                gone.Socket.Dispose();
                _sockets.Remove(gone);
            }

            foreach (var (text, count) in new[] { ("", 1000), (Unfinished, 300), (Unread, 300) })
            {
                for (var missing = count - _sockets.Count(one => one.Text == text); missing > 0; missing--)
                {
                    _sockets.Add((await ConnectAsync(text), text));
                }
            }
        }

        public void Dispose() => _sockets.ForEach(one => one.Socket.Dispose());

        private static bool IsClosed(Socket socket)
        {
            try
            {
                return !socket.Connected || (socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
            }
            catch (SocketException)
            {
                return true;
            }
        }

        private async Task<Socket> ConnectAsync(string text)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            try
            {
                await socket.ConnectAsync(api.Address).WaitAsync(TimeSpan.FromSeconds(5));
                await socket.SendAsync(Encoding.ASCII.GetBytes(text)).WaitAsync(TimeSpan.FromMilliseconds(200));
            }
            catch (Exception error) when (error is SocketException or TimeoutException)
            {
                // It was closed to make room, or takes no more: the crowd does not care.
            }

            return socket;
        }
    }
}
