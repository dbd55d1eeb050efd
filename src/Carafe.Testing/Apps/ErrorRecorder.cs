using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Carafe.Errors;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Testing;

/// <summary>
/// Keeps what the app knew of each error that it wrote in a format of its own, which a test could not read back. A header, which clients of the app do not
/// see, says which error a response is.
/// </summary>
internal sealed class ErrorRecorder(IEnumerable<IErrorFormat> formats, IOptions<JsonOptions> json) : IStartupFilter
{
    private const string Header = "Carafe-Test-Error";

    private static readonly HttpRequestOptionsKey<ErrorDetails> Key = new("Carafe.Error");

    private readonly ConcurrentDictionary<string, ErrorDetails> _errors = [];
    private int _last;

    // None in an app that is not the kit's.
    private readonly IErrorFormat? _format = formats.LastOrDefault();

    private bool IsOwn => _format is not null && _format.BodyType != typeof(ErrorBody);

    private string MediaType => _format?.Options.MediaType ?? "application/json";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (IsOwn)
        {
            app.Use((context, rest) =>
            {
                context.Response.OnStarting(() => Record(context));
                return rest(context);
            });
        }

        next(app);
    };

    /// <summary>Takes the header off a response and leaves the error with its request.</summary>
    public void Take(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues(Header, out var numbers) && _errors.TryRemove(numbers.Single(), out var error))
        {
            response.Headers.Remove(Header);
            response.RequestMessage!.Options.Set(Key, error);
        }
    }

    /// <summary>Returns the error of a response as the standard body; null when the response is not in the app's format.</summary>
    public static ErrorBody? Read(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var recorder = response.RequestMessage?.Options.TryGetValue(TestApp.Key, out var app) == true ? app.Services.GetService<ErrorRecorder>() : null;
        if (response.Content.Headers.ContentType?.MediaType != (recorder?.MediaType ?? "application/json"))
        {
            return null;
        }

        try
        {
            return recorder?.IsOwn == true ? recorder.Own(response, body) : JsonSerializer.Deserialize<ErrorBody>(body.Span, TestJson.OfErrors(response));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private ErrorBody? Own(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        if (!response.RequestMessage!.Options.TryGetValue(Key, out var error))
        {
            return null;
        }

        using var sent = JsonDocument.Parse(body);
        using var made = JsonDocument.Parse(new ErrorFormats(formats).Make(error, json.Value.SerializerOptions).Body);
        return JsonElement.DeepEquals(sent.RootElement, made.RootElement) ? ErrorBody.From(error) : null;
    }

    private Task Record(HttpContext context)
    {
        if (context.Response.StatusCode >= 400 && context.Features.Get<ErrorDetails>() is { } error)
        {
            var number = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
            _errors[number] = error;
            context.Response.Headers[Header] = number;
        }

        return Task.CompletedTask;
    }
}
