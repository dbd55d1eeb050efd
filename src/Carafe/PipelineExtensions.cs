using Carafe.Blueprints;
using Carafe.Errors;
using Carafe.Http;

namespace Carafe;

/// <summary>The pipeline that every Carafe app starts with.</summary>
public static class PipelineExtensions
{
    /// <summary>
    /// Uses, in this order: HEAD wherever GET answers, the one error shape, OPTIONS with Allow, routing, the blueprints' after-hooks. Call it first; authentication and the rest follow it,
    /// so that whatever they refuse is answered in the same shape.
    /// </summary>
    /// <param name="app">The app.</param>
    public static WebApplication UseCarafe(this WebApplication app)
    {
        app.Services.GetRequiredService<RouteChecks>().App = app;
        app.UseHead();
        app.UseErrors();
        app.UseRouting();
        app.UseAfterHooks();
        app.UseRequestRules();
        return app;
    }
}
