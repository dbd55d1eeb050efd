using Carafe.Hosting;

namespace Carafe.Auth;

/// <summary>Refuses an app whose authorization is not in front of everything that the app serves.</summary>
internal sealed class AuthPipelineValidator(PipelineOrder order) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints)
    {
        order.Read();
        return Error() is { } error ? [error] : [];
    }

    private string? Error() => order switch
    {
        { AuthCalls: 0 } => "AddAuth is on the services, and app.UseAuth() is missing. Add it on the line after app.UseCarafe().",
        { CarafeCalls: 0 } => "app.UseCarafe() is missing. Add it on the line before app.UseAuth().",
        { AuthCalls: > 1 } => "app.UseAuth() is called more than once. Keep the call on the line after app.UseCarafe().",
        { CarafeCalls: > 1 } => "app.UseCarafe() is called more than once. Keep the first call.",
        { AuthCameFirst: true } =>
            "app.UseAuth() comes before app.UseCarafe(), which finds the endpoint. Move app.UseAuth() to the line after app.UseCarafe().",
        { IsUnknown: false, AuthFollowsCarafe: false } =>
            "Middleware between app.UseCarafe() and app.UseAuth() would serve callers whom nobody has asked. "
            + "Move app.UseAuth() up to the line after app.UseCarafe().",
        _ => null,
    };
}
