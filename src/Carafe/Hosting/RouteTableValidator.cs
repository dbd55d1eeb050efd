using Carafe.Blueprints;
using Carafe.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Carafe;

/// <summary>Validates the route table when the app starts: names are unique, and no two endpoints match the same request.</summary>
internal sealed class RouteTableValidator(BlueprintRegistry blueprints, IEnumerable<IRouteValidator> checks)
{
    public WebApplication? App { get; set; }

    public IEnumerable<string> Errors()
    {
        IReadOnlyList<RouteEndpoint> endpoints;
        try
        {
            endpoints = App is null ? [] : RouteTable.Read(Settle(App));
        }
        catch (InvalidOperationException exception) when (exception.Source == "System.Text.Json")
        {
            // No endpoint can be made with a body that the serializer refuses, as when two members have one name. What needs none is still reported.
            return [exception.Message, .. checks.SelectMany(check => check.Errors([]))];
        }

        return [.. SharedBlueprints(), .. SharedNames(endpoints), .. SharedRoutes(endpoints), .. checks.SelectMany(check => check.Errors(endpoints))];
    }

    // A group creates its endpoints, and compiles their handlers, each time it is enumerated. One composite does so once, for these checks and for the
    // router.
    private static WebApplication Settle(WebApplication app)
    {
        var sources = ((IEndpointRouteBuilder)app).DataSources;
        var all = new CompositeEndpointDataSource([.. sources]);
        sources.Clear();
        sources.Add(all);
        return app;
    }

    private IEnumerable<string> SharedBlueprints() =>
        from blueprint in blueprints.Mapped
        group blueprint by blueprint.Name into same
        where same.Count() > 1
        select $"The blueprint name '{same.Key}' is used {same.Count()} times, under {string.Join(" and ", same.Select(blueprint => blueprint.Prefix))}. " +
            $"Names must be unique.";

    private static IEnumerable<string> SharedNames(IReadOnlyList<RouteEndpoint> endpoints) =>
        from endpoint in endpoints
        let name = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
        where name is not null
        group endpoint by name into same
        where same.Count() > 1
        select $"The endpoint name '{same.Key}' is used by {string.Join(" and ", same.Select(RouteTable.Describe))}. Give all but one another with WithName.";

    private static IEnumerable<string> SharedRoutes(IReadOnlyList<RouteEndpoint> endpoints) =>
        from endpoint in endpoints
        from method in RouteTable.Methods(endpoint)
        group endpoint by (Method: method, Shape: Shape(endpoint.RoutePattern), endpoint.Order, Host: Host(endpoint), Body: Body(endpoint)) into same
        where same.Count() > 1
        select $"{same.Key.Method} {RouteTable.Path(same.First())} is mapped {same.Count()} times: {string.Join(" and ", same.Select(RouteTable.Name))}.";

    // Endpoints that read different content types may share a route.
    private static string Body(RouteEndpoint endpoint) => string.Join(',', endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? []);

    private static string Host(RouteEndpoint endpoint) => string.Join(',', endpoint.Metadata.GetMetadata<IHostMetadata>()?.Hosts ?? []);

    // Two patterns that differ only in the names of their parameters match the same requests.
    private static string Shape(RoutePattern pattern) =>
        string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content.ToUpperInvariant(),
        RoutePatternParameterPart parameter =>
        $"{{{(parameter.IsCatchAll ? "**" : "")}:{string.Join(':', parameter.ParameterPolicies.Select(policy => policy.Content))}}}",
        _ => part.ToString(),
    }))));
}

internal static class RouteValidationServiceCollectionExtensions
{
    public static void AddStartupValidation(this IServiceCollection services)
    {
        services.AddSingleton<StartupValidator>();
        services.AddSingleton<IOptionsMonitor<StartupValidator>>(provider => provider.GetRequiredService<StartupValidator>());
        services.AddOptions<StartupValidator>().ValidateOnStart();
        services.AddSingleton<BlueprintRegistry>();
        services.AddSingleton<RouteTableValidator>();
        services.AddSingleton<PipelineOrder>();
        services.AddSingleton<IStartupFilter, PipelineGuard>();
        services.AddSingleton<IRouteValidator, AuthorizationValidator>();
        services.AddSingleton<IRouteValidator, RequiredServiceValidator>();
        services.AddSingleton<IRouteValidator, UnvalidatedBodyCheck>();
        services.AddSingleton<IRouteValidator, FormTypeValidator>();
        services.AddSingleton<IRouteValidator, ErrorFormatValidator>();
        services.AddSingleton<IRouteValidator, JsonConventionValidator>();
    }
}
