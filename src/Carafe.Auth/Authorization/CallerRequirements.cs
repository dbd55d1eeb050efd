using System.Globalization;
using Microsoft.AspNetCore.Authorization;

namespace Carafe.Auth;

/// <summary>Is the base of the kit's requirements. The text of each describes who may pass, for the <c>routes</c> command and logs.</summary>
internal abstract record CallerRequirement : IAuthorizationRequirement
{
    public abstract bool Allows(CurrentUser me, HttpContext context);
}

/// <summary>Requires that the password was entered within that time (RFC 9470).</summary>
internal sealed record FreshSignInRequirement(TimeSpan Age) : CallerRequirement
{
    public override bool Allows(CurrentUser me, HttpContext context) =>
        me.IsFresh(Age, context.RequestServices);

    public override string ToString() => $"signed in within {Age:g}";
}

/// <summary>Requires every scope named.</summary>
internal sealed record ScopeRequirement(string Scope) : CallerRequirement
{
    public override bool Allows(CurrentUser me, HttpContext context)
    {
        var held = me.Claims.Where(claim => claim.Type == AuthClaims.Scope).SelectMany(claim => claim.Value.Split(' '));
        return Scope.Split(' ').All(held.Contains);
    }

    public override string ToString() => $"scope {Scope}";
}

/// <summary>Requires that the caller is the account that the route names.</summary>
internal sealed record SelfOrAdminRequirement(string RouteParameter) : CallerRequirement
{
    public override bool Allows(CurrentUser me, HttpContext context) =>
        me.IsAdmin || (int.TryParse(context.GetRouteValue(RouteParameter)?.ToString(), CultureInfo.InvariantCulture, out var id) && id == me.Id);

    public override string ToString() => $"{RouteParameter} or {Roles.Admin}";
}

internal sealed class CallerRequirementHandler : AuthorizationHandler<CallerRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, CallerRequirement requirement)
    {
        if (context.Resource is HttpContext http && CurrentUser.From(http) is { } me && requirement.Allows(me, http))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
