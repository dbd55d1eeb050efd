using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

/// <summary>A small real app in memory, or on Kestrel at a free loopback port where the server itself matters.</summary>
internal sealed class HttpApp(WebApplication app, HttpClient client) : IAsyncDisposable
{
    public HttpClient Client => client;

    public IServiceProvider Services => app.Services;

    public Uri Address => client.BaseAddress!;

    public static async Task<HttpApp> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, string environment = "Testing",
        bool kestrel = false)
    {
        var builder = CarafeApp.CreateBuilder(["--environment", environment]);
        builder.Services.AddRules();
        builder.Logging.ClearProviders();
        builder.Configuration["SECRET_KEY"] = "jVw2mQ8rXz5tKp1nLs7yHc4bGd9fTe3a";
        configure?.Invoke(builder);
        if (kestrel)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        var app = builder.Build();
        app.UseCarafe();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return new HttpApp(app, kestrel ? new HttpClient { BaseAddress = new Uri(address!) } : app.GetTestClient());
    }

    public async Task<Answer> SendAsync(string method, string path, string? json = null, string? type = "application/json",
        params (string Name, string Value)[] headers) =>
        await SendAsync(method, path, json is null ? null : Encoding.UTF8.GetBytes(json), type, headers);

    public async Task<Answer> SendAsync(string method, string path, byte[]? body, string? type = "application/json",
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

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }
}

/// <summary>An answer, read to its end.</summary>
internal sealed record Answer(int Status, string Body, Dictionary<string, string> Headers)
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
            StringComparer.OrdinalIgnoreCase));

    /// <summary>Every error has the one shape, says its own status and gives nothing of the code away.</summary>
    public Answer IsError(int status)
    {
        Assert.Equal(status, Status);
        Assert.StartsWith("application/json", Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("error").GetString()!);
        Assert.NotEmpty(Message);
        Assert.Equal("nosniff", Headers["X-Content-Type-Options"]);
        Assert.DoesNotMatch(@"System\.|Exception|Int32|   at |\.cs:|Nullable|JsonException", Body);
        return this;
    }
}

internal static class Rules
{
    /// <summary>The platform's generator takes one call of AddValidation in an assembly; this is it, for every app of these tests.</summary>
    public static void AddRules(this IServiceCollection services) => services.AddValidation();
}
