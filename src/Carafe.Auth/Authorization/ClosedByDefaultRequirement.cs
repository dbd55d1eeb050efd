using Microsoft.AspNetCore.Authorization;

namespace Carafe.Auth;

/// <summary>What holds for an endpoint that says nothing: somebody must be signed in. Where there is no endpoint, the router's 404, 405 or 415 stands.</summary>
internal sealed class ClosedByDefaultRequirement : AuthorizationHandler<ClosedByDefaultRequirement>, IAuthorizationRequirement
{
    public static readonly AuthorizationPolicy Policy = new AuthorizationPolicyBuilder().AddRequirements(new ClosedByDefaultRequirement()).Build();

    /// <summary>The policy that decides alone about an endpoint, as the platform's authorization reads it; false where there are others, or it can change.</summary>
    public static bool Fallback(Endpoint endpoint, IAuthorizationPolicyProvider policies, out AuthorizationPolicy? policy)
    {
        policy = null;
        if (!policies.AllowsCachingPolicies || endpoint.Metadata.Any(item => item is IAuthorizeData or AuthorizationPolicy or IAuthorizationRequirementData)
            || policies.GetFallbackPolicyAsync() is not { IsCompletedSuccessfully: true, Result: var fallback })
        {
            return false;
        }

        policy = fallback;
        return true;
    }

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ClosedByDefaultRequirement requirement)
    {
        // The router's own answers are endpoints without a route.
        if (context.User.Identity is { IsAuthenticated: true } || (context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    public override string ToString() => "signed in";
}
