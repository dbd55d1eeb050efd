using Carafe;
using Carafe.Errors;
using Carafe.Hosting;
using Carafe.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The pipeline that every Carafe app starts with.</summary>
public static class CarafeApplicationBuilderExtensions
{
    /// <summary>
    /// Uses, in this order: the caller's address from trusted proxies, the access log, HEAD wherever GET answers, security headers, compression, the one
    /// error shape with OPTIONS and Allow, routing, CORS, the blueprints' after-hooks, the request timeout, and the rules for every request. Call it first;
    /// authentication and the rest follow it, so that whatever they refuse is answered in the same shape.
    /// </summary>
    /// <param name="app">The app.</param>
    public static WebApplication UseCarafe(this WebApplication app)
    {
        app.Services.GetRequiredService<RouteTableValidator>().App = app;
        var order = app.Services.GetRequiredService<PipelineOrder>();
        order.BeginCarafe(app);
        app.UseClientAddress();
        app.UseAccessLog();
        app.UseRequestGate();
        app.UseHead();
        app.UseResponseHeaders();
        app.UseResponseCompression();
        app.UseErrors();
        app.UseRouting();
        app.UseEndpointSteps();
        order.EndCarafe();
        return app;
    }
}
