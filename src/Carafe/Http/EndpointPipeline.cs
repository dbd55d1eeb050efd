using System.Runtime.CompilerServices;
using Carafe.Binding;
using Carafe.Blueprints;
using Carafe.Conditional;
using Carafe.Limits;
using Microsoft.AspNetCore.Cors.Infrastructure;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Carafe.Http;

/// <summary>
/// Runs the steps between routing and authentication. An endpoint's steps are put together at its first request, without those that it does not use.
/// </summary>
internal static class EndpointPipeline
{
    public static void UseEndpointSteps(this WebApplication app) => app.Use(next =>
    {
        var timeouts = new RequestTimeouts(app);
        var withoutEndpoint = Cors(app, null, timeouts.Around(null, next));
        var steps = new ConditionalWeakTable<Endpoint, RequestDelegate>();
        var json = app.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var limiter = app.Services.GetService<IEndpointLimiter>();
        ConditionalWeakTable<Endpoint, RequestDelegate>.CreateValueCallback make = endpoint =>
        {
            var info = EndpointInfo.For(endpoint, json);
            return Cors(app, endpoint,
                BlueprintHooks.AfterAround(endpoint, timeouts.Around(endpoint, RequestChecks.Around(info, HandlerSteps(endpoint, info, limiter, next)))));
        };
        return context =>
        {
            if (context.GetEndpoint() is not { } endpoint)
            {
                return withoutEndpoint(context);
            }

            // Registered first, it runs last: whatever sets a tag has done so.
            context.Response.OnStarting(static context => HandlerTags.CompleteAsync((HttpContext)context), context);
            return steps.GetValue(endpoint, make)(context);
        };
    });

    /// <summary>Puts a middleware of the platform in front of one step.</summary>
    public static RequestDelegate Branch(this IApplicationBuilder app, Action<IApplicationBuilder> use, RequestDelegate next)
    {
        var branch = app.New();
        use(branch);
        branch.Run(next);
        return branch.Build();
    }

    // Whoever refuses the caller comes first, so that limits and the reading of parameters belong to the endpoint itself; hooks that run before it read
    // them on their own.
    private static RequestDelegate HandlerSteps(Endpoint endpoint, EndpointInfo info, IEndpointLimiter? limiter, RequestDelegate next)
    {
        if (endpoint is not RouteEndpoint { RequestDelegate: { } handler } route)
        {
            return next;
        }

        var steps = info.ParameterReader is { } reader && !BlueprintHooks.IsGuarded(handler) ? context => reader.RunAsync(context, handler) : handler;
        steps = limiter?.Around(route, steps) ?? steps;
        var prepared = steps == handler ? null : WithHandler(route, steps);
        var conditional = WithHandler(route, context =>
        {
            HandlerTags.Restore(context);
            return steps(context);
        });
        return context =>
        {
            if ((HandlerTags.AreIn(context.Request) ? conditional : prepared) is { } changed)
            {
                context.SetEndpoint(changed);
            }

            return next(context);
        };
    }

    private static RouteEndpoint WithHandler(RouteEndpoint route, RequestDelegate handler) =>
        new(handler, route.RoutePattern, route.Order, route.Metadata, route.DisplayName);

    // The platform's middleware lets a request without Origin pass, but only after it has made a policy provider and a note for it. An endpoint with
    // CORS metadata needs that note: the platform does not run it without.
    private static RequestDelegate Cors(WebApplication app, Endpoint? endpoint, RequestDelegate next)
    {
        var cors = app.Branch(branch => branch.UseCors(), next);
        return endpoint?.Metadata.GetMetadata<ICorsMetadata>() is not null
            ? cors
            : context => context.Request.Headers.Origin.Count > 0 ? cors(context) : next(context);
    }
}
