using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace MyApi.Tests;

/// <summary>A collector of OpenTelemetry on a port of its own, by HTTP: it keeps what it gets.</summary>
internal sealed class Collector(WebApplication app, ConcurrentDictionary<string, StringBuilder> received) : IAsyncDisposable
{
    public string Address => app.Urls.Single();

    /// <summary>Gets the header that the exporter was told to send.</summary>
    public string? Key { get; private set; }

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var received = new ConcurrentDictionary<string, StringBuilder>();
        var collector = new Collector(builder.Build(), received);
        collector.Run();
        await collector.StartHereAsync();
        return collector;
    }

    /// <summary>Returns what came for a signal, as text: strings are as they are in the protocol's bytes.</summary>
    public string Received(string path) => received.TryGetValue(path, out var text) ? text.ToString() : "";

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task StartHereAsync() => app.StartAsync(TestContext.Current.CancellationToken);

    private void Run() => app.Run(async context =>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Key = context.Request.Headers["x-key"];
        var text = received.GetOrAdd(context.Request.Path, _ => new StringBuilder());
        lock (text)
        {
            text.Append(Encoding.Latin1.GetString(body.GetBuffer(), 0, (int)body.Length));
        }

        context.Response.ContentType = "application/x-protobuf";
    });
}
