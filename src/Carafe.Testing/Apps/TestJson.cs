using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Testing;

/// <summary>The JSON of the app under test: what a test writes and reads follows the app's own options.</summary>
internal static class TestJson
{
    // For a client that belongs to no TestApp.
    private static readonly JsonSerializerOptions Conventions = JsonConventions.Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Errors = [];

    public static JsonSerializerOptions Of(TestApp? app) => app?.Services.GetService<IOptions<JsonOptions>>()?.Value.SerializerOptions ?? Conventions;

    /// <summary>The options for errors: they quote what the caller sent, such as a name with U+0000, which the app's own converters refuse to read.</summary>
    public static JsonSerializerOptions OfErrors(HttpResponseMessage response) => Errors.GetValue(Of(response), options =>
    {
        var copy = new JsonSerializerOptions(options);
        foreach (var converter in options.Converters.Where(converter => converter.CanConvert(typeof(string))))
        {
            copy.Converters.Remove(converter);
        }

        return copy;
    });

    public static JsonSerializerOptions Of(HttpResponseMessage response) =>
        Of(response.RequestMessage?.Options.TryGetValue(TestApp.Key, out var app) == true ? app : null);
}

/// <summary>An object that becomes JSON when the app is known that it is sent to.</summary>
internal sealed class TestJsonContent : HttpContent
{
    private const string Json = "application/json";

    private readonly object _body;
    private readonly bool _isPlain;

    public TestJsonContent(object body, string? type)
    {
        (_body, _isPlain) = (body, type is null);
        Headers.ContentType = new MediaTypeHeaderValue(type ?? Json) { CharSet = "utf-8" };
    }

    public TestApp? App
    {
        get;
        set
        {
            field = value;
            if (_isPlain && value?.Services.GetService<IOptions<JsonConventionOptions>>()?.Value.MediaType is { } own and not Json)
            {
                Headers.ContentType = new MediaTypeHeaderValue(own);
            }
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(_body, _body.GetType(), TestJson.Of(App))).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
