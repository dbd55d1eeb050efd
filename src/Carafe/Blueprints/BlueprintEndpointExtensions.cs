using System.Reflection;
using Carafe;
using Carafe.Blueprints;
using Carafe.Conditional;
using Carafe.Json;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps blueprints and their hooks.</summary>
public static class BlueprintEndpointExtensions
{
    /// <summary>
    /// Maps a blueprint under a prefix. Inside another blueprint's <c>Map</c> it nests: prefixes and names join (<c>admin.users</c>). An endpoint whose
    /// handler is a method is named <c>blueprint.Method</c>. The JSON of <c>TypedResults.Ok</c> and <c>Created</c> is sent with its Content-Length. The
    /// start fails when two blueprints of an app share a name.
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
    /// Runs a hook before each request of the group, after authorization and before the body is read. An outer group's hooks run before an inner one's. A
    /// result that the hook returns ends the request; null continues. An exception is handled like any other.
    /// </summary>
    /// <param name="builder">The group or endpoint.</param>
    /// <param name="hook">The hook.</param>
    public static TBuilder WithBefore<TBuilder>(this TBuilder builder, Func<HttpContext, ValueTask<IResult?>> hook)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(BlueprintHooks.Guard);
        return builder.WithMetadata(new BeforeHook(hook));
    }

    /// <summary>
    /// Runs a hook before a response of the group starts, errors and refusals included: the place to set headers. An inner group's hooks run before an
    /// outer one's. An exception is handled like any other.
    /// </summary>
    /// <param name="builder">The group or endpoint.</param>
    /// <param name="hook">The hook.</param>
    public static TBuilder WithAfter<TBuilder>(this TBuilder builder, Func<HttpContext, Task> hook)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AfterHook(hook));

    private static void NameAfterHandler(EndpointBuilder builder, string blueprint)
    {
        var method = builder.Metadata.OfType<MethodInfo>().FirstOrDefault();
        // Lambdas and local functions have compiler-generated names.
        if (method is null || method.Name.Contains('<', StringComparison.Ordinal) || builder.Metadata.OfType<IEndpointNameMetadata>().Any())
        {
            return;
        }

        builder.Metadata.Add(new EndpointNameMetadata($"{blueprint}.{method.Name}"));
    }
}
