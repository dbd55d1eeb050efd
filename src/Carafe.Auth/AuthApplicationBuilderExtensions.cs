using Carafe.Auth;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts authentication and authorization into the pipeline.</summary>
public static class AuthApplicationBuilderExtensions
{
    /// <summary>
    /// Uses authentication, then authorization, and with a key ring maps <c>/.well-known/jwks.json</c>. Call it after <see cref="CarafeApplicationBuilderExtensions.UseCarafe"/>, so that what they refuse is answered in the one shape.
    /// </summary>
    /// <param name="app">The app.</param>
    public static WebApplication UseAuth(this WebApplication app)
    {
        var (strangers, signedIn) = (app.Services.GetRequiredService<Strangers>(), app.Services.GetRequiredService<SignedIn>());
        RequestDelegate? past = null;
        app.Use(next => context => (strangers.MayPass(context) ? past! : next)(context));
        app.UseAuthentication();
        app.Use(next => context => (signedIn.MayPass(context) ? past! : next)(context));
        app.UseAuthorization();
        app.Use(next => past = next);
        app.MapJwks();
        return app;
    }
}
