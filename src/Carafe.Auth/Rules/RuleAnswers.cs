using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Carafe.Auth;

/// <summary>Says why a signed-in caller may not pass, in the challenge (RFC 6750 section 3.1, RFC 9470 section 3) and in the body.</summary>
internal sealed class RuleAnswers : IAuthorizationMiddlewareResultHandler
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
            failed.OfType<FreshRule>().FirstOrDefault() is { } fresh ? Stale(context, fresh)
            : failed.OfType<ScopeRule>().FirstOrDefault() is { } scope ? OutOfScope(context, scope)
            : Forbidden(context));
    }

    private static Error Stale(HttpContext context, FreshRule rule)
    {
        const string Message = "This needs a recent login. Sign in again.";
        context.Response.Headers.WWWAuthenticate =
            string.Create(CultureInfo.InvariantCulture, $"Bearer error=\"insufficient_user_authentication\", error_description=\"{Message}\", max_age=\"{rule.Age.TotalSeconds:0}\"");
        return new Error(StatusCodes.Status401Unauthorized, Message) { Reason = "token_stale" };
    }

    private static Error OutOfScope(HttpContext context, ScopeRule rule)
    {
        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", error_description=\"The token lacks a scope.\", scope=\"{rule.Scope}\"";
        return new Error(StatusCodes.Status403Forbidden, $"This needs the scope {rule.Scope}.") { Reason = "insufficient_scope" };
    }

    private static Error Forbidden(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\", error_description=\"This account may not do this.\"";
        return new Error(StatusCodes.Status403Forbidden);
    }
}
