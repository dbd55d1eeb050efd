using Carafe;
using Carafe.ErrorHandling;
using Carafe.Headers;
using Carafe.Hosting;
using Carafe.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts Carafe's middleware into the pipeline.</summary>
public static class CarafeApplicationBuilderExtensions
{
    /// <summary>
    /// Uses, in this order: the caller's address from trusted proxies, the access log, HEAD wherever GET is mapped, security headers, compression, the
    /// standard error format with OPTIONS and Allow, routing, CORS, the blueprints' after-hooks, the request timeout, and the checks of every request.
    /// Call it first; authentication and the rest follow it, so their refusals have the same format.
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
        app.UseHttpsRedirect();
        app.UseHead();
        app.UseResponseHeaders();
        app.UseResponseCompression();
        app.UseJsonMediaType();
        app.UseErrors();
        app.UseRouting();
        app.UseEndpointSteps();
        order.EndCarafe();
        return app;
    }
}
