using Carafe.Blueprints;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Carafe;

/// <summary>Looks over the route table when the app starts: names are unique and no two endpoints answer the same request.</summary>
internal sealed class RouteChecks(BlueprintRegistry blueprints) : IHostedService
{
    public WebApplication? App { get; set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var faults = Faults(App is null ? [] : RouteTable.Read(App));
        return faults.Count == 0 ? Task.CompletedTask : throw new ConfigurationException(faults);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private List<string> Faults(IReadOnlyList<RouteEndpoint> endpoints)
    {
        var faults = new List<string>();
        foreach (var same in blueprints.Mapped.GroupBy(blueprint => blueprint.Name).Where(group => group.Count() > 1))
        {
            faults.Add($"The blueprint name '{same.Key}' is used {same.Count()} times, under {string.Join(" and ", same.Select(blueprint => blueprint.Prefix))}. Names must be unique.");
        }

        var routes = endpoints.SelectMany(endpoint => RouteTable.Methods(endpoint).Select(method => (Method: method, Shape: Shape(endpoint.RoutePattern), endpoint)));
        foreach (var same in routes.GroupBy(route => (route.Method, route.Shape, route.endpoint.Order, Host(route.endpoint))).Where(group => group.Count() > 1))
        {
            faults.Add($"{same.Key.Method} {RouteTable.Path(same.First().endpoint)} is mapped {same.Count()} times: {string.Join(" and ", same.Select(route => route.endpoint.DisplayName))}.");
        }

        return faults;
    }

    private static string Host(RouteEndpoint endpoint) => string.Join(',', endpoint.Metadata.GetMetadata<IHostMetadata>()?.Hosts ?? []);

    // Two patterns that differ only in the names of their parameters match the same requests.
    private static string Shape(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content.ToUpperInvariant(),
        RoutePatternParameterPart parameter => $"{{{(parameter.IsCatchAll ? "**" : "")}:{string.Join(':', parameter.ParameterPolicies.Select(policy => policy.Content))}}}",
        _ => part.ToString(),
    }))));
}

internal static class RouteCheckServices
{
    public static void AddRouteChecks(this IServiceCollection services)
    {
        services.AddSingleton<BlueprintRegistry>();
        services.AddSingleton<RouteChecks>();
        services.AddHostedService(provider => provider.GetRequiredService<RouteChecks>());
    }
}
