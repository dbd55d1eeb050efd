using System.Text.Json;
using Carafe.Bodies;

namespace Carafe.ErrorHandling;

/// <summary>
/// Turns the bare JSON string that <c>TypedResults.NotFound("User 42 not found")</c> writes into the message of a standard error. Only endpoints whose
/// return type allows such results use it, and their successes are not delayed.
/// </summary>
internal static class TextErrorFilter
{
    public static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        using var text = new MemoryStream();
        using var body = new CapturedResponseBody(context, static status => status >= 400, text);
        await next(context);
        if (await body.EndAsync())
        {
            await AnswerAsync(context, text.GetBuffer().AsMemory(0, (int)text.Length));
        }
    }

    // A problem that the error writer has written passes through.
    private static Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (body.Span is not [(byte)'"', ..])
        {
            return context.Response.BodyWriter.WriteAsync(body).AsTask();
        }

        context.Response.Headers.ContentLength = null;
        return context.WriteErrorAsync(new ApiError(context.Response.StatusCode, JsonSerializer.Deserialize<string>(body.Span) ?? ""));
    }
}
