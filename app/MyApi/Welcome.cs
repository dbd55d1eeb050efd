namespace MyApi;

/// <summary>The front page, for whoever opens the address in a browser or with curl.</summary>
internal static class Welcome
{
    /// <summary>Say what this is and where to go on.</summary>
    internal static Ok<WelcomeResponse> Show() => TypedResults.Ok(new WelcomeResponse("MyApi", "Users, posts, products and files behind one REST API.", new Dictionary<string, string>
    {
        ["docs"] = "/docs/",
        ["openapi"] = "/openapi/v1.json",
        ["health"] = "/healthz",
        ["ready"] = "/readyz",
        ["users"] = "/users",
        ["posts"] = "/posts",
        ["products"] = "/products",
    }));
}

/// <summary>What this API is, with links to what it holds.</summary>
public sealed record WelcomeResponse(string Name, string Description, IReadOnlyDictionary<string, string> Links);
