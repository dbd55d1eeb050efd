using System.Text;
using Microsoft.AspNetCore.Http.Metadata;

namespace Carafe.Testing;

/// <summary>Proves that validation runs: a request record that is not public, or a call in the wrong assembly, turns it off without a warning.</summary>
public static class ValidationProbe
{
    // What the binder says of a member that it does not know, which is no rule of that member.
    private const string Unknown = "is not a member of this object";

    /// <summary>
    /// Sends every endpoint with a JSON body one that is well-formed and breaks the attributes of its members, and lists the endpoints that did not
    /// respond with 400, or the app's <see cref="ErrorStatuses.Validation"/>, naming each of them. An empty list is a pass.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="client">A client that may call every endpoint, such as an admin's.</param>
    public static async Task<IReadOnlyList<string>> FindUnvalidatedAsync(this TestApp app, HttpClient client)
    {
        var errors = new List<string>();
        foreach (var endpoint in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not { RequestType: { } type } accepts
                || !accepts.ContentTypes.Any(content => content.EndsWith("json", StringComparison.Ordinal)))
            {
                continue;
            }

            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["POST"])
            {
                errors.AddRange(await ProbeAsync(client, new HttpMethod(method), endpoint, type, accepts.ContentTypes[0], app));
            }
        }

        return errors;
    }

    private static async Task<List<string>> ProbeAsync(HttpClient client, HttpMethod method, RouteEndpoint endpoint, Type type, string contentType,
        TestApp app)
    {
        var json = TestJson.Of(app);
        var probe = new ProbeBody(json);
        var body = probe.Make(type)?.ToJsonString(json) ?? "null";
        var name = $"{method} /{endpoint.RoutePattern.RawText?.Trim('/')}";
        if (probe.Broken.Count == 0)
        {
            return [$"{name}: its body has no member with a rule"];
        }

        using var request = new HttpRequestMessage(method, Path(endpoint)) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        using var response = await client.SendAsync(request);
        if ((int)response.StatusCode != app.Services.GetRequiredService<IOptions<ErrorStatuses>>().Value.Validation)
        {
            return [$"{name}: answered {(int)response.StatusCode} to {body}"];
        }

        var received = await response.Content.ReadAsByteArrayAsync();
        var reported = ErrorRecorder.Read(response, received)?.Errors?.Where(member => member.Value.Any(text => text != Unknown)).Select(member => member.Key)
            .ToHashSet() ?? [];
        return [.. probe.Broken.Where(member => !reported.Contains(member))
            .Select(member => $"{name}: no error for '{member}' in {Encoding.UTF8.GetString(received)}")];
    }

    private static string Path(RouteEndpoint endpoint) =>
        "/" + string.Join('/',
            endpoint.RoutePattern.PathSegments.Select(
            segment => string.Concat(
            segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "1"))));
}
