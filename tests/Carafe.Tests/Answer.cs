using System.Text;
using System.Text.Json;

namespace Carafe.Tests;

/// <summary>A response, read to its end.</summary>
internal sealed record Answer(int Status, string Body, Dictionary<string, string> Headers, HttpRequestMessage? Request = null)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Message => Json.GetProperty("message").GetString()!;

    public string[] Faults => Json.TryGetProperty("errors", out var errors)
        ? [.. errors.EnumerateObject().SelectMany(member => member.Value.EnumerateArray().Select(text => $"{member.Name} {text.GetString()}"))
            .Order(StringComparer.Ordinal)]
        : [];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value),
            StringComparer.OrdinalIgnoreCase),
        response.RequestMessage);

    /// <summary>Checks the standard error format, and that it gives nothing of the code away.</summary>
    public Answer IsError(int status)
    {
        // All of it is there, so nothing is waited for.
        Task.FromResult(ToResponse()).ExpectError(status).GetAwaiter().GetResult();
        Assert.Equal("nosniff", Headers["X-Content-Type-Options"]);
        Assert.DoesNotMatch(@"System\.|Exception|Int32|   at |\.cs:|Nullable|JsonException", Body);
        return this;
    }

    private HttpResponseMessage ToResponse()
    {
        var response = new HttpResponseMessage((HttpStatusCode)Status)
        {
            RequestMessage = Request ?? new HttpRequestMessage(HttpMethod.Get, "/"),
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body)),
        };
        foreach (var (name, value) in Headers)
        {
            _ = response.Headers.TryAddWithoutValidation(name, value) || response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}

/// <summary>Sends what no well-behaved client would.</summary>
internal static class RawRequests
{
    public static Task<Answer> SendAsync(this TestApp app, string method, string path, string? json = null, string? type = "application/json",
        params (string Name, string Value)[] headers) =>
        app.SendAsync(method, path, json is null ? null : Encoding.UTF8.GetBytes(json), type, headers);

    public static async Task<Answer> SendAsync(this TestApp app, string method, string path, byte[]? body, string? type = "application/json",
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }
}
