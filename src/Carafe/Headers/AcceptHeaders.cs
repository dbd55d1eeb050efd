using Carafe.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Template;

namespace Carafe.Headers;

/// <summary>
/// Names on a 415 what the address accepts, as Accept-Post (W3C LDP section 7.1), Accept-Patch (RFC 5789 section 3.1) or, for other methods, Accept (RFC
/// 9110 section 12.5.1).
/// </summary>
internal static class AcceptHeaders
{
    public static void Add(HttpContext context)
    {
        var request = context.Request;
        var types = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => Matches(endpoint, request))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? [])
            .Select(type => JsonMediaType.OnWire(context, type))
            .Distinct();
        var name = HttpMethods.IsPost(request.Method) ? "Accept-Post" : HttpMethods.IsPatch(request.Method) ? "Accept-Patch" : "Accept";
        if (string.Join(", ", types) is { Length: > 0 } list)
        {
            context.Response.Headers[name] = list;
        }
    }

    private static bool Matches(RouteEndpoint endpoint, HttpRequest request) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(request.Method, StringComparer.OrdinalIgnoreCase) is true
        && endpoint.RoutePattern.RawText is { } pattern
        && new TemplateMatcher(TemplateParser.Parse(pattern), []).TryMatch(request.Path, []);
}
