using System.Reflection;
using Carafe;
using Carafe.Blueprints;
using Carafe.Conditional;
using Carafe.Json;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps blueprints.</summary>
public static class BlueprintEndpointExtensions
{
    /// <summary>
    /// Maps a blueprint under a prefix. Inside another blueprint's <c>Map</c> it nests: prefixes and names join (<c>admin.users</c>). An endpoint whose handler
    /// is a method is named <c>blueprint.Method</c>. The JSON of <c>TypedResults.Ok</c> and <c>Created</c> is sent with its Content-Length. The start fails when two
    /// blueprints of an app share a name.
    /// </summary>
    /// <param name="routes">The app, or the group of the blueprint around it.</param>
    /// <param name="prefix">The path prefix, such as <c>/users</c>.</param>
    public static RouteGroupBuilder MapBlueprint<TBlueprint>(this IEndpointRouteBuilder routes, string prefix)
        where TBlueprint : IBlueprint
    {
        var registry = routes.ServiceProvider.GetRequiredService<BlueprintRegistry>();
        var group = routes.MapGroup(prefix);
        var name = registry.Add(TBlueprint.Name, prefix, routes, group);
        group.WithMetadata(new BlueprintMetadata(name, typeof(TBlueprint))).WithTags(name);
        ((IEndpointConventionBuilder)group).Add(BufferedJsonResultFilter.AddTo);
        ((IEndpointConventionBuilder)group).Add(FileResultFilter.AddTo);
        ((IEndpointConventionBuilder)group).Finally(builder => NameAfterHandler(builder, name));
        registry.Map<TBlueprint>(group);
        return group;
    }

    /// <summary>
    /// Runs before each request of the group, after authorization and before anything is read from the body; an outer group's before an inner one's. To end the request,
    /// return a result; null goes on. What it throws is answered as any other exception.
    /// </summary>
    /// <param name="builder">The group or endpoint.</param>
    /// <param name="hook">What to do.</param>
    public static TBuilder WithBefore<TBuilder>(this TBuilder builder, Func<HttpContext, ValueTask<IResult?>> hook)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(BlueprintHooks.Guard);
        return builder.WithMetadata(new BeforeHook(hook));
    }

    /// <summary>
    /// Runs before an answer of the group starts, an error's and a refused one's as well: the place to set headers. An inner group's runs before an outer one's. What it
    /// throws is answered as any other exception.
    /// </summary>
    /// <param name="builder">The group or endpoint.</param>
    /// <param name="hook">What to do.</param>
    public static TBuilder WithAfter<TBuilder>(this TBuilder builder, Func<HttpContext, Task> hook)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AfterHook(hook));

    private static void NameAfterHandler(EndpointBuilder builder, string blueprint)
    {
        var method = builder.Metadata.OfType<MethodInfo>().FirstOrDefault();
        // Lambdas and local functions have names that only the compiler likes.
        if (method is null || method.Name.Contains('<', StringComparison.Ordinal) || builder.Metadata.OfType<IEndpointNameMetadata>().Any())
        {
            return;
        }

        builder.Metadata.Add(new EndpointNameMetadata($"{blueprint}.{method.Name}"));
    }
}
