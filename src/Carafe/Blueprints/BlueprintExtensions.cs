using System.Reflection;
using Carafe.Blueprints;

namespace Carafe;

/// <summary>Maps blueprints.</summary>
public static class BlueprintExtensions
{
    /// <summary>
    /// Maps a blueprint under a prefix. Inside another blueprint's <c>Map</c> it nests: prefixes and names join (<c>admin.users</c>). An endpoint whose handler
    /// is a method is named <c>blueprint.Method</c>. The start fails when two blueprints of an app share a name.
    /// </summary>
    /// <param name="routes">The app, or the group of the blueprint around it.</param>
    /// <param name="prefix">The path prefix, such as <c>/users</c>.</param>
    public static RouteGroupBuilder MapBlueprint<TBlueprint>(this IEndpointRouteBuilder routes, string prefix)
        where TBlueprint : IBlueprint
    {
        var registry = routes.ServiceProvider.GetRequiredService<BlueprintRegistry>();
        var name = registry.Enter(TBlueprint.Name, prefix);
        var group = routes.MapGroup(prefix).WithMetadata(new BlueprintMetadata(name)).WithTags(name);
        ((IEndpointConventionBuilder)group).Finally(builder => NameAfterHandler(builder, name));
        TBlueprint.Map(group);
        registry.Leave();
        return group;
    }

    /// <summary>Runs before each request of the group, after authorization and before anything is read from the body. To end the request, return a result; null goes on.</summary>
    /// <param name="builder">The group or endpoint.</param>
    /// <param name="hook">What to do.</param>
    public static TBuilder WithBefore<TBuilder>(this TBuilder builder, Func<HttpContext, ValueTask<IResult?>> hook)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Wrap(next => async context =>
        {
            var result = await hook(context);
            await (result is null ? next(context) : result.ExecuteAsync(context));
        });

    /// <summary>Runs when an answer of the group is about to start, an error's as well: the place to set headers.</summary>
    /// <param name="builder">The group or endpoint.</param>
    /// <param name="hook">What to do.</param>
    public static TBuilder WithAfter<TBuilder>(this TBuilder builder, Func<HttpContext, Task> hook)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Wrap(next => context =>
        {
            context.Response.OnStarting(() => hook(context));
            return next(context);
        });

    private static TBuilder Wrap<TBuilder>(this TBuilder builder, Func<RequestDelegate, RequestDelegate> wrap)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } inner)
            {
                endpoint.RequestDelegate = wrap(inner);
            }
        });
        return builder;
    }

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
