namespace Carafe.Hosting;

/// <summary>Reads the app's routes from the router.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<RouteEndpoint> Read(IEndpointRouteBuilder app) =>
        [.. app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    public static IReadOnlyList<string> Methods(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["*"];

    public static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText?.Trim('/');

    /// <summary>Gets the name of a route in messages: its endpoint name with its path as written, or the platform's display name.</summary>
    public static string Name(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is { } named
            ? $"{named.EndpointName} ({Path(endpoint)})"
            : endpoint.DisplayName ?? Path(endpoint);

    public static string Describe(RouteEndpoint endpoint) => $"{string.Join(',', Methods(endpoint))} {Path(endpoint)}";
}
