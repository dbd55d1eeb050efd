using System.Text;

namespace Carafe.Tests.Http;

/// <summary>Tells nobody how long it is.</summary>
internal sealed class PushedContent : HttpContent
{
    private readonly byte[] _bytes;

    public PushedContent(string text)
    {
        _bytes = Encoding.UTF8.GetBytes(text);
        Headers.ContentType = new("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(_bytes).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

/// <summary>Sends the beginning of a body, and leaves.</summary>
internal sealed class EndlessContent : HttpContent
{
    private readonly CancellationTokenSource _patience;

    public EndlessContent(CancellationTokenSource patience)
    {
        _patience = patience;
        Headers.ContentType = new("application/json");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("{\"name\":\""u8.ToArray());
        await stream.FlushAsync();
        await _patience.CancelAsync();
        await Task.Delay(Timeout.Infinite, _patience.Token);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
