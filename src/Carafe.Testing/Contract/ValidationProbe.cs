using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace Carafe.Testing;

/// <summary>Proves that validation is on: it can be off without a warning, by a request record that is not public or a call in the wrong assembly.</summary>
public static class ValidationProbe
{
    private static readonly JsonNamingPolicy Names = JsonNamingPolicy.SnakeCaseLower;

    /// <summary>
    /// Sends every endpoint that takes a JSON body one that is well-formed and breaks the rules of its members, and lists the endpoints that did not answer 400
    /// naming each of them. An empty list is a pass.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="client">A client that may call every endpoint, such as an admin's.</param>
    public static async Task<IReadOnlyList<string>> FindUnvalidatedAsync(this TestApp app, HttpClient client)
    {
        var faults = new List<string>();
        foreach (var endpoint in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not { RequestType: { } type } accepts || !accepts.ContentTypes.Any(content => content.EndsWith("json", StringComparison.Ordinal)))
            {
                continue;
            }

            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["POST"])
            {
                faults.AddRange(await ProbeAsync(client, new HttpMethod(method), endpoint, type, accepts.ContentTypes[0]));
            }
        }

        return faults;
    }

    private static async Task<List<string>> ProbeAsync(HttpClient client, HttpMethod method, RouteEndpoint endpoint, Type type, string contentType)
    {
        var record = type.IsGenericType ? type.GetGenericArguments()[0] : type;
        var rules = record.GetProperties().Where(HasRule).Select(property => Names.ConvertName(property.Name)).ToList();
        var body = record.GetProperties().ToDictionary(property => Names.ConvertName(property.Name), property => HasRule(property) ? Breaking(property) : Plain(property.PropertyType));
        var name = $"{method} /{endpoint.RoutePattern.RawText?.Trim('/')}";
        if (rules.Count == 0)
        {
            return [$"{name}: its body has no member with a rule"];
        }

        using var request = new HttpRequestMessage(method, Path(endpoint)) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, contentType) };
        using var response = await client.SendAsync(request);
        if ((int)response.StatusCode != StatusCodes.Status400BadRequest)
        {
            return [$"{name}: answered {(int)response.StatusCode} to {JsonSerializer.Serialize(body)}"];
        }

        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return [.. rules.Where(member => !answer.RootElement.TryGetProperty("errors", out var errors) || !errors.TryGetProperty(member, out _)).Select(member => $"{name}: no fault for '{member}' in {answer.RootElement}")];
    }

    private static string Path(RouteEndpoint endpoint) =>
        "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "1"))));

    private static bool HasRule(PropertyInfo property) =>
        property.GetCustomAttributes<ValidationAttribute>().Any(rule => rule is not RequiredAttribute) && Breaking(property) is not null;

    // The binder must take the body, or the rules are never asked.
    private static object? Plain(Type type) => type == typeof(string) ? "x" : type.IsValueType ? Activator.CreateInstance(type) : null;

    // The right JSON kind, and a value that no sensible rule allows.
    private static object? Breaking(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type switch
        {
            _ when type == typeof(string) => new[] { "", "\u0001", new string('x', 200_000) }.FirstOrDefault(value => property.GetCustomAttributes<ValidationAttribute>().Any(rule => !rule.IsValid(value))),
            _ when type == typeof(int) || type == typeof(long) || type == typeof(short) => -1,
            _ when type == typeof(decimal) || type == typeof(double) || type == typeof(float) => -0.001,
            _ => null,
        };
    }
}
