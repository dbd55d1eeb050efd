using System.Text.Json;

namespace Carafe.Testing;

/// <summary>Checks responses. A failed check throws with the request, the response and what the server logged.</summary>
public static class ResponseExpectations
{
    /// <summary>Expects a status and returns the JSON body; an undefined element when there is no body.</summary>
    /// <param name="pending">The pending response: <c>await app.Client.GetAsync("/users").Expect(200)</c>.</param>
    /// <param name="status">The HTTP status code.</param>
    /// <exception cref="UnexpectedResponseException">The status is another.</exception>
    public static async Task<JsonElement> Expect(this Task<HttpResponseMessage> pending, int status)
    {
        using var response = await pending;
        var body = await response.Content.ReadAsByteArrayAsync();
        Check(response, (int)response.StatusCode == status, $"status {status}", body);
        return body.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true
            ? JsonDocument.Parse(body).RootElement
            : default;
    }

    /// <summary>Expects a status and returns the body as <typeparamref name="TBody"/>, read by the app's conventions: an unknown member fails.</summary>
    /// <param name="pending">The pending response.</param>
    /// <param name="status">The HTTP status code.</param>
    /// <exception cref="UnexpectedResponseException">The status is another, or the body does not fit.</exception>
    public static async Task<TBody> Expect<TBody>(this Task<HttpResponseMessage> pending, int status)
    {
        using var response = await pending;
        var body = await response.Content.ReadAsByteArrayAsync();
        Check(response, (int)response.StatusCode == status, $"status {status}", body);
        try
        {
            return JsonSerializer.Deserialize<TBody>(body, TestJson.Of(response))!;
        }
        catch (JsonException error)
        {
            throw Unexpected(response, $"a body that fits {typeof(TBody).Name} ({error.Message})", body);
        }
    }

    /// <summary>
    /// Expects an error in the app's format: the status on the line and in the body, a reason phrase, a message, a trace id, nothing unknown; <c>Allow</c>
    /// on 405, <c>WWW-Authenticate</c> on 401, <c>Retry-After</c> on 429 and 503. Of a format of the app's own the media type is checked, and that the body
    /// is what <c>AddErrorFormat</c> makes of the error; the error is returned in the standard form.
    /// </summary>
    /// <param name="pending">The pending response.</param>
    /// <param name="status">The HTTP status code.</param>
    /// <param name="member">A JSON name that <c>errors</c> must contain; null requires none.</param>
    /// <exception cref="UnexpectedResponseException">The response is another.</exception>
    public static async Task<ErrorBody> ExpectError(this Task<HttpResponseMessage> pending, int status, string? member = null)
    {
        using var response = await pending;
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Check(response, (int)response.StatusCode == status, $"error {status}", bytes);
        var body = ErrorRecorder.Read(response, bytes) ?? throw Unexpected(response, "an error in the app's format", bytes);
        Check(response, body.Status == status && body.Error.Length > 0 && body.Message.Length > 0
            && body.TraceId?.Length > 0, "the error shape, with its status, a message and a trace id", bytes);
        Check(response, status != 401 || response.Headers.WwwAuthenticate.Count > 0, "WWW-Authenticate on 401", bytes);
        Check(response, status != 405 || response.Content.Headers.Allow.Count > 0, "Allow on 405", bytes);
        Check(response, status is not (429 or 503) || response.Headers.RetryAfter is not null, $"Retry-After on {status}", bytes);
        Check(response, member is null || body.Errors?.ContainsKey(member) == true, $"an error for '{member}'", bytes);
        return body;
    }

    /// <summary>Posts an object as JSON by the app's conventions, in its media type.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The path.</param>
    /// <param name="body">Any object; the names of anonymous ones are written as they are.</param>
    public static Task<HttpResponseMessage> PostJson(this HttpClient client, string path, object body) => client.SendJson(HttpMethod.Post, path, body);

    /// <summary>Puts an object as JSON.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The path.</param>
    /// <param name="body">Any object.</param>
    public static Task<HttpResponseMessage> PutJson(this HttpClient client, string path, object body) => client.SendJson(HttpMethod.Put, path, body);

    /// <summary>Sends an object as an RFC 7396 merge patch.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The path.</param>
    /// <param name="body">The members to change; null clears.</param>
    public static Task<HttpResponseMessage> PatchJson(this HttpClient client, string path, object body) =>
        client.SendJson(HttpMethod.Patch, path, body, "application/merge-patch+json");

    private static Task<HttpResponseMessage> SendJson(this HttpClient client, HttpMethod method, string path, object body, string? type = null) =>
        client.SendAsync(new HttpRequestMessage(method, path) { Content = new TestJsonContent(body, type) });

    private static void Check(HttpResponseMessage response, bool holds, string expected, byte[] body)
    {
        if (!holds)
        {
            throw Unexpected(response, expected, body);
        }
    }

    private static UnexpectedResponseException Unexpected(HttpResponseMessage response, string expected, byte[] body)
    {
        var request = response.RequestMessage!;
        var log = request.Options.TryGetValue(TestApp.Key, out var app) ? string.Join(Environment.NewLine, app.Log) : "";
        return new UnexpectedResponseException(
            $"{request.Method} {request.RequestUri?.PathAndQuery}: expected {expected}, got {(int)response.StatusCode} " +
            $"{System.Text.Encoding.UTF8.GetString(body)}{(log.Length == 0 ? "" : $"{Environment.NewLine}The server logged:{Environment.NewLine}{log}")}");
    }
}

/// <summary>Thrown when a response is not what the test expects.</summary>
/// <param name="message">The request, what was expected, what was received, and what the server logged.</param>
public sealed class UnexpectedResponseException(string message) : Exception(message);
