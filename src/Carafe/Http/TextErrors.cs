using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Carafe.Http;

/// <summary>
/// <c>TypedResults.NotFound("User 42 not found")</c> writes a bare JSON string; here it becomes the message of the one error shape. Only endpoints whose
/// return type says that they may do so come this way, and their successes are not held back.
/// </summary>
internal sealed class TextErrors(HttpResponse response, IHttpResponseBodyFeature inner, MemoryStream text) : IHttpResponseBodyFeature
{
    private StreamResponseBodyFeature? _held;

    public Stream Stream => Target.Stream;

    public PipeWriter Writer => Target.Writer;

    private IHttpResponseBodyFeature Target => response is { StatusCode: >= 400, HasStarted: false } ? _held ??= new StreamResponseBodyFeature(text) : inner;

    public static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var inner = context.Features.Get<IHttpResponseBodyFeature>()!;
        using var text = new MemoryStream();
        var body = new TextErrors(context.Response, inner, text);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        try
        {
            await next(context);
        }
        finally
        {
            context.Features.Set(inner);
        }

        if (body._held is { } held)
        {
            await held.CompleteAsync();
            await AnswerAsync(context, text.GetBuffer().AsMemory(0, (int)text.Length));
        }
    }

    public void DisableBuffering() => Target.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => Target.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => Target.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => Target.CompleteAsync();

    // A problem written by the one writer already passes through.
    private static Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (body.Span is not [(byte)'"', ..])
        {
            return context.Response.BodyWriter.WriteAsync(body).AsTask();
        }

        context.Response.Headers.ContentLength = null;
        return context.WriteErrorAsync(new Error(context.Response.StatusCode, JsonSerializer.Deserialize<string>(body.Span) ?? ""));
    }
}
