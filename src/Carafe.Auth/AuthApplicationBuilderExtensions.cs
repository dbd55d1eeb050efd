using Carafe.Auth;
using Carafe.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts authentication and authorization into the pipeline.</summary>
public static class AuthApplicationBuilderExtensions
{
    /// <summary>
    /// Uses authentication, then authorization, and with a key ring maps <c>/.well-known/jwks.json</c>. Call it on the line after
    /// <see cref="CarafeApplicationBuilderExtensions.UseCarafe"/>; the start refuses an app that does not. Whatever follows without being an endpoint
    /// (static files, branches, terminal middleware) serves signed-in callers only.
    /// </summary>
    /// <param name="app">The app.</param>
    public static WebApplication UseAuth(this WebApplication app)
    {
        var order = app.Services.GetRequiredService<PipelineOrder>();
        order.BeginAuth(app);
        app.Use(next =>
        {
            var asked = Ask(app, next);
            AnonymousShortcut? shortcut = null;
            return context => (shortcut ??= app.Services.GetRequiredService<AnonymousShortcut>()).Takes(context) ? next(context) : asked(context);
        });
        order.EndAuth(app);
        app.MapJwks();
        return app;
    }

    private static RequestDelegate Ask(IApplicationBuilder app, RequestDelegate next)
    {
        var branch = app.New();
        branch.UseAuthentication();
        branch.UseAuthorization();
        branch.Run(next);
        return branch.Build();
    }
}
