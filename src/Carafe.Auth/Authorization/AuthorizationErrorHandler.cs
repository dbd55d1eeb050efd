using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Carafe.Auth;

/// <summary>Says why a signed-in caller may not pass, in the challenge (RFC 6750 section 3.1, RFC 9470 section 3) and in the body.</summary>
internal sealed class AuthorizationErrorHandler : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _platform = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Forbidden)
        {
            return _platform.HandleAsync(next, context, policy, authorizeResult);
        }

        var failed = authorizeResult.AuthorizationFailure?.FailedRequirements ?? [];
        return context.WriteErrorAsync(
            failed.OfType<FreshSignInRequirement>().FirstOrDefault() is { } fresh ? Stale(context, fresh)
            : failed.OfType<ScopeRequirement>().FirstOrDefault() is { } scope ? OutOfScope(context, scope)
            : Forbidden(context));
    }

    private static ApiError Stale(HttpContext context, FreshSignInRequirement rule)
    {
        const string Message = "This needs a recent login. Sign in again.";
        context.Response.Headers.WWWAuthenticate =
            string.Create(CultureInfo.InvariantCulture, $"Bearer error=\"insufficient_user_authentication\", error_description=\"{Message}\", max_age=\"{rule.Age.TotalSeconds:0}\"");
        return new ApiError(StatusCodes.Status401Unauthorized, Message) { Reason = "token_stale" };
    }

    private static ApiError OutOfScope(HttpContext context, ScopeRequirement rule)
    {
        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", error_description=\"The token lacks a scope.\", scope=\"{rule.Scope}\"";
        return new ApiError(StatusCodes.Status403Forbidden, $"This needs the scope {rule.Scope}.") { Reason = "insufficient_scope" };
    }

    private static ApiError Forbidden(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\", error_description=\"This account may not do this.\"";
        return new ApiError(StatusCodes.Status403Forbidden);
    }
}
