namespace MyApi;

/// <summary>Serves the front page, for a browser or curl.</summary>
internal static class Welcome
{
    private static readonly string[] Pages = ["/docs/", "/openapi/v1.json", "/healthz", "/readyz", "/users", "/posts", "/products"];

    /// <summary>Say what this is and where to go on.</summary>
    internal static Ok<WelcomeResponse> Show(EndpointDataSource endpoints)
    {
        // The docs page is off in Production unless it is turned on.
        var docs = endpoints.Endpoints.OfType<RouteEndpoint>().Any(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/docs", StringComparison.Ordinal));
        return TypedResults.Ok(new WelcomeResponse(
            "MyApi",
            "Users, posts, products and files behind one REST API.",
            Pages.Where(page => docs || page != "/docs/").ToDictionary(page => page.Trim('/').Split('/')[0])));
    }
}

/// <summary>What this API is, with links to what it holds.</summary>
public sealed record WelcomeResponse(string Name, string Description, IReadOnlyDictionary<string, string> Links);
