using System.Runtime.CompilerServices;
using Carafe.Blueprints;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Carafe.Http;

/// <summary>What happens between routing and authentication. An endpoint's steps are put together the first time it is asked, without those that it has no use for.</summary>
internal static class EndpointPipeline
{
    public static void UseEndpointSteps(this WebApplication app) => app.Use(next =>
    {
        var timeouts = new RequestTimeouts(app);
        var withoutEndpoint = Cors(app, null, timeouts.Around(null, next));
        var steps = new ConditionalWeakTable<Endpoint, RequestDelegate>();
        ConditionalWeakTable<Endpoint, RequestDelegate>.CreateValueCallback make = endpoint =>
            Cors(app, endpoint, BlueprintHooks.AfterAround(endpoint, timeouts.Around(endpoint, RequestChecks.Around(endpoint, next))));
        return context => (context.GetEndpoint() is { } endpoint ? steps.GetValue(endpoint, make) : withoutEndpoint)(context);
    });

    /// <summary>A middleware of the platform in front of one step.</summary>
    public static RequestDelegate Branch(this IApplicationBuilder app, Action<IApplicationBuilder> use, RequestDelegate next)
    {
        var branch = app.New();
        use(branch);
        branch.Run(next);
        return branch.Build();
    }

    // The platform's middleware lets a request without Origin pass, but only after it has made a policy provider and a note for it. An endpoint that says something
    // about CORS needs that note: the platform does not run it without.
    private static RequestDelegate Cors(WebApplication app, Endpoint? endpoint, RequestDelegate next)
    {
        var cors = app.Branch(branch => branch.UseCors(), next);
        return endpoint?.Metadata.GetMetadata<ICorsMetadata>() is not null ? cors : context => context.Request.Headers.Origin.Count > 0 ? cors(context) : next(context);
    }
}
