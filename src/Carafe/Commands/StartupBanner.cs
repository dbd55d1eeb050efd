using Carafe.Blueprints;
using Carafe.Hosting;

namespace Carafe.Commands;

/// <summary>Prints what a developer needs once the server listens.</summary>
internal static class StartupBanner
{
    public static async Task<string> ForAsync(WebApplication app)
    {
        var url = app.Urls.First().TrimEnd('/');
        var routes = RouteTable.Read(app);
        var lines = new List<string> { "", $"{app.Environment.ApplicationName} listens on {string.Join(" and ", app.Urls)}" };
        if (routes.Any(route => RouteTable.Path(route) == "/docs"))
        {
            lines.Add($"  Docs    {url}/docs");
        }

        if (await FirstOpenAsync(app, routes) is { } path)
        {
            lines.Add($"  Try     curl {url}{path}");
        }

        lines.Add("  Routes  dotnet run -- routes");
        lines.Add("");
        return string.Join(Environment.NewLine, lines);
    }

    private static async Task<string?> FirstOpenAsync(WebApplication app, IReadOnlyList<RouteEndpoint> routes)
    {
        foreach (var route in routes.Where(route => route.RoutePattern.Parameters.Count == 0 && route.Metadata.GetMetadata<BlueprintMetadata>() is not null
            && RouteTable.Methods(route).Contains("GET")))
        {
            if (await AuthorizationSummary.DescribeAsync(route, app.Services) == AuthorizationSummary.Anyone)
            {
                return RouteTable.Path(route);
            }
        }

        return null;
    }
}
