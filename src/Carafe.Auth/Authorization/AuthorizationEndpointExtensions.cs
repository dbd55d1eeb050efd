using Carafe.Auth;
using Microsoft.AspNetCore.Authorization;

namespace Microsoft.AspNetCore.Builder;

/// <summary>
/// Restricts who may call an endpoint or a group, beside the platform's <c>RequireAuthorization()</c> and <c>AllowAnonymous()</c>. Without a good token
/// the response is 401; for a caller who does not meet the requirement it is 403 unless stated otherwise.
/// </summary>
public static class AuthorizationEndpointExtensions
{
    /// <summary>Requires one of these roles.</summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="roles">The roles.</param>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, params string[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new AuthorizeAttribute { Roles = string.Join(',', roles) });

    /// <summary>Requires an admin.</summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireRole(Roles.Admin);

    /// <summary>Requires the account whose id is in the route, or an admin: for <c>/users/{id}</c>.</summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="routeParameter">The name of the route's parameter.</param>
    public static TBuilder RequireSelfOrAdmin<TBuilder>(this TBuilder builder, string routeParameter = "id")
        where TBuilder : IEndpointConventionBuilder =>
        builder.Require(new SelfOrAdminRequirement(routeParameter));

    /// <summary>
    /// Requires that the password was entered within that time, by <c>auth_time</c>. Other callers get 401 with
    /// <c>error="insufficient_user_authentication"</c> and <c>max_age</c> (RFC 9470): they sign in and try again.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="within">How long a login counts.</param>
    public static TBuilder RequireFresh<TBuilder>(this TBuilder builder, TimeSpan within)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Require(new FreshSignInRequirement(within));

    /// <summary>
    /// Requires a token whose <c>scope</c> claim (RFC 8693 section 4.2) has each of these; other callers get 403 with <c>error="insufficient_scope"</c>.
    /// See <see cref="AuthOptions.ExtraClaims"/>.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="scope">One scope, or several separated by spaces.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Require(new ScopeRequirement(scope));

    private static TBuilder Require<TBuilder>(this TBuilder builder, CallerRequirement rule)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(rule).Build());
}
