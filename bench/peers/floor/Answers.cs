using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Floor;

/// <summary>Reads and writes bodies: one buffer and one writer for each thread, lengths known.</summary>
public static class Answers
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    public static Task Send<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = 200)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(16_384);
        var json = _json ??= new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        JsonSerializer.Serialize(json, value, type);
        json.Flush();

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        return Task.CompletedTask;
    }

    public static Task Refuse(HttpContext context, int status, string error, string message)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return Send(context, new Fault(error, message, status), Json.Default.Fault, status);
    }

    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.BodyReader, type, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
