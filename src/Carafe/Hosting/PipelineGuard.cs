namespace Carafe.Hosting;

/// <summary>
/// Refuses what middleware before UseCarafe would serve in an app with UseAuth: there the caller has not been authenticated. Redirects and errors pass.
/// It costs nothing where UseCarafe is the first line.
/// </summary>
internal sealed class PipelineGuard(PipelineOrder order) : IStartupFilter
{
    private const string Refused =
        "Middleware before app.UseCarafe() has answered a request that nobody was asked to sign in for. "
        + "Move it below app.UseAuth(), or map an endpoint with AllowAnonymous(), such as app.MapStaticAssets().AllowAnonymous().";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        order.End();
        if (order is { HasMiddlewareBeforeCarafe: true, AuthCalls: > 0 })
        {
            app.Use(run => context =>
            {
                context.Response.OnStarting(RefuseAsync, context);
                return run(context);
            });
        }

        next(app);
    };

    private static Task RefuseAsync(object state)
    {
        var context = (HttpContext)state;
        return context.Response.StatusCode < StatusCodes.Status300MultipleChoices
            && !HttpMethods.IsOptions(context.Request.Method)
            && !PipelineOrder.HasPassed(context)
            ? throw new InvalidOperationException(Refused)
            : Task.CompletedTask;
    }
}
