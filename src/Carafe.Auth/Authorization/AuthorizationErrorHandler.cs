using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Carafe.Auth;

/// <summary>Reports why a signed-in caller is refused, in the challenge (RFC 6750 section 3.1, RFC 9470 section 3) and in the body.</summary>
internal sealed class AuthorizationErrorHandler(ILogger<AuthorizationErrorHandler> logger) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _platform = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Forbidden)
        {
            return _platform.HandleAsync(next, context, policy, authorizeResult);
        }

        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        logger.Forbidden(context.User.FindFirst(AuthClaims.Subject)?.Value, context.Request.Method, route, SecurityEvents.Address(context));
        var failed = authorizeResult.AuthorizationFailure?.FailedRequirements ?? [];
        return context.WriteErrorAsync(
            failed.OfType<FreshSignInRequirement>().FirstOrDefault() is { } fresh ? new StaleSignInException(fresh.Age).Challenge(context.Response)
            : failed.OfType<ScopeRequirement>().FirstOrDefault() is { } scope ? OutOfScope(context, scope)
            : Forbidden(context));
    }

    private static ApiError OutOfScope(HttpContext context, ScopeRequirement requirement)
    {
        context.Response.Headers.WWWAuthenticate =
            $"{Scheme(context)} error=\"insufficient_scope\", error_description=\"The token lacks a scope.\", scope=\"{requirement.Scope}\"";
        return new ApiError(StatusCodes.Status403Forbidden, $"This needs the scope {requirement.Scope}.") { Reason = "insufficient_scope" };
    }

    private static ApiError Forbidden(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate =
            $"{Scheme(context)} error=\"insufficient_scope\", error_description=\"This account may not do this.\"";
        return new ApiError(StatusCodes.Status403Forbidden);
    }

    private static string Scheme(HttpContext context) => context.RequestServices.GetRequiredService<TokenCarrier>().Scheme;
}
