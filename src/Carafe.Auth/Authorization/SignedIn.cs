using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Carafe.Auth;

/// <summary>
/// Knows signed-in requests that authorization would let pass: those to endpoints that say nothing, or AllowAnonymous, where the kit's own fallback is all that is asked. The answer is no wherever the app
/// has a say in it (docs/decisions/0032-strangers-are-not-authenticated.md).
/// </summary>
internal sealed class SignedIn(IAuthorizationPolicyProvider policies)
{
    private readonly ConditionalWeakTable<Endpoint, StrongBox<bool>> _silent = [];
    private StrongBox<bool>? _usual;

    public bool MayPass(HttpContext context) =>
        context.GetEndpoint() is { } endpoint && _silent.GetValue(endpoint, made => new(ClosedByDefaultRequirement.Fallback(made, policies, out var policy) && policy == ClosedByDefaultRequirement.Policy)).Value
        && context.Features.Get<IAuthenticateResultFeature>() is { AuthenticateResult.Succeeded: true } && context.User.Identity is { IsAuthenticated: true }
        && (_usual ??= new(IsUsual(context.RequestServices))).Value;

    // What stands in the services stays there. A handler of the app's hears of every requirement, and can refuse.
    private static bool IsUsual(IServiceProvider services) =>
        services.GetRequiredService<IPolicyEvaluator>().GetType() == typeof(PolicyEvaluator)
        && services.GetRequiredService<IAuthorizationService>().GetType().Assembly == typeof(DefaultAuthorizationService).Assembly
        && services.GetRequiredService<IAuthorizationEvaluator>().GetType() == typeof(DefaultAuthorizationEvaluator)
        && services.GetRequiredService<IAuthorizationHandlerProvider>().GetType() == typeof(DefaultAuthorizationHandlerProvider)
        && services.GetRequiredService<IAuthorizationHandlerContextFactory>().GetType() == typeof(DefaultAuthorizationHandlerContextFactory)
        && services.GetRequiredService<IAuthorizationMiddlewareResultHandler>() is AuthorizationErrorHandler
        && services.GetServices<IAuthorizationHandler>().All(handler => handler is CallerRequirementHandler || handler.GetType() == typeof(PassThroughAuthorizationHandler));
}
