namespace Carafe.Hosting;

/// <summary>The app's routes as the router knows them.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<RouteEndpoint> Read(IEndpointRouteBuilder app) =>
        [.. app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    public static IReadOnlyList<string> Methods(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["*"];

    public static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText?.Trim('/');

    /// <summary>What the route is called in messages: its name with its own spelling of the path, else what the platform calls it.</summary>
    public static string Name(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is { } named ? $"{named.EndpointName} ({Path(endpoint)})" : endpoint.DisplayName ?? Path(endpoint);

    public static string Describe(RouteEndpoint endpoint) => $"{string.Join(',', Methods(endpoint))} {Path(endpoint)}";
}
