using Carafe.Auth;
using Microsoft.AspNetCore.Authorization;

namespace Microsoft.AspNetCore.Builder;

/// <summary>
/// Who may call an endpoint or a group, beside the platform's <c>RequireAuthorization()</c> and <c>AllowAnonymous()</c>. Each answers 401 without a good
/// token, and 403 to a caller that it does not let pass unless it says otherwise.
/// </summary>
public static class AuthorizationEndpointExtensions
{
    /// <summary>Callers with one of these roles.</summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="roles">The roles.</param>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, params string[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new AuthorizeAttribute { Roles = string.Join(',', roles) });

    /// <summary>Admins.</summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireRole(Roles.Admin);

    /// <summary>The account whose id is in the route, and admins: for <c>/users/{id}</c>.</summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="routeParameter">The name of the route's parameter.</param>
    public static TBuilder RequireSelfOrAdmin<TBuilder>(this TBuilder builder, string routeParameter = "id")
        where TBuilder : IEndpointConventionBuilder =>
        builder.Require(new SelfOrAdminRequirement(routeParameter));

    /// <summary>
    /// Callers who gave their password within that time, by <c>auth_time</c>. Others get 401 with <c>error="insufficient_user_authentication"</c> and
    /// <c>max_age</c> (RFC 9470): they sign in again and try again.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="within">For how long a login counts.</param>
    public static TBuilder RequireFresh<TBuilder>(this TBuilder builder, TimeSpan within)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Require(new FreshSignInRequirement(within));

    /// <summary>
    /// Tokens whose <c>scope</c> claim (RFC 8693 section 4.2) has each of these; others get 403 with <c>error="insufficient_scope"</c>. See
    /// <see cref="AuthOptions.ExtraClaims"/>.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="scope">One scope, or several with blanks between.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Require(new ScopeRequirement(scope));

    private static TBuilder Require<TBuilder>(this TBuilder builder, CallerRequirement rule)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(rule).Build());
}
