using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Fuzz;

var options = Options.Parse(args);
await using var server = new Server(options.Server);
var token = await server.PrepareAsync();
var (one, two) = (new Http1Cases(token), new Http2Cases(token));
var failed = new ConcurrentQueue<(Case Case, string Fault)>();
var recent = new ConcurrentQueue<Case>();
var clock = Stopwatch.StartNew();
var sent = 0L;

foreach (var file in Directory.EnumerateFiles(options.Corpus, "*.json").Order())
{
    await RunAsync(Case.Read(file));
}

var first = options.Seed * 1_000_003L;
await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(worker => Task.Run(async () =>
{
    for (var index = (long)worker; index < options.Requests && clock.Elapsed < options.Time && failed.Count < 20 && !server.HasFaults; index += options.Workers)
    {
        var random = new Random(unchecked((int)(first + (index * 7919))));
        await RunAsync(random.Next(4) == 0 ? two.Next(random) : one.Next(random));
    }
})));

try
{
    await server.SignInAsync("after");
    await server.CheckAsync();
}
catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
{
    failed.Enqueue((recent.Last(), $"afterwards: {fault.Message}"));
}

Console.WriteLine($"{sent} connections in {clock.Elapsed.TotalSeconds:0} s with seed {options.Seed}: {failed.Count} failed.");
foreach (var (what, fault) in failed)
{
    Console.WriteLine($"\n{fault}\n  {what}");
    Keep(what);
}

if (server.HasFaults)
{
    Console.WriteLine($"\nThe server has logged:\n{server.Faults}\n\nThe last connections:");
    foreach (var what in recent)
    {
        Console.WriteLine($"  {what}");
        // One of them; which one, the log tells.
        Keep(what);
    }
}

return failed.IsEmpty && !server.HasFaults ? 0 : 1;

async Task RunAsync(Case what)
{
    Interlocked.Increment(ref sent);
    recent.Enqueue(what);
    while (recent.Count > options.Workers * 2)
    {
        recent.TryDequeue(out _);
    }

    var received = await SendAsync(what);
    if (!what.IsHttp2 && Answers.Fault(received, what) is { } fault)
    {
        failed.Enqueue((what, fault));
    }
}

async Task<byte[]> SendAsync(Case what)
{
    using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    using var received = new MemoryStream();
    using var patience = new CancellationTokenSource(what.Ending == Ending.Stall ? 300 : 1500);
    try
    {
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, what.IsHttp2 ? server.Http2Port : server.Port), patience.Token);
        foreach (var piece in what.Pieces)
        {
            await socket.SendAsync(piece, patience.Token);
        }

        if (what.Ending == Ending.Reset)
        {
            socket.LingerState = new LingerOption(true, 0);
            return [];
        }

        if (what.Ending == Ending.Fin)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        var buffer = new byte[16 * 1024];
        // A connection that is kept says nothing more: a short silence is its end.
        for (int read; (read = await socket.ReceiveAsync(buffer, patience.Token).AsTask()
            .WaitAsync(TimeSpan.FromMilliseconds(received.Length > 0 ? 30 : 1200), patience.Token)) > 0;)
        {
            received.Write(buffer, 0, read);
        }
    }
    catch (Exception fault) when (fault is SocketException or OperationCanceledException or TimeoutException)
    {
        return received.ToArray();
    }

    return received.ToArray();
}

void Keep(Case what)
{
    var text = what.Serialize();
    var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    File.WriteAllText(Path.Combine(options.Corpus, $"{name}.json"), text);
}
