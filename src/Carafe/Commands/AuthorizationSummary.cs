using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;

namespace Carafe.Commands;

/// <summary>Says who may call an endpoint, from its authorization metadata: roles and policies by their names, requirements by what their <c>ToString</c> says.</summary>
internal static class AuthorizationSummary
{
    public const string Anyone = "anyone";
    private const string SignedIn = "signed in";

    public static async Task<string> DescribeAsync(Endpoint endpoint, IServiceProvider services)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return Anyone;
        }

        var rules = Rules(endpoint.Metadata).ToList();
        if (rules.Count == 0)
        {
            return services.GetService<IAuthorizationPolicyProvider>() is { } policies && await policies.GetFallbackPolicyAsync() is not null ? SignedIn : Anyone;
        }

        var specific = rules.Where(rule => rule != SignedIn).Distinct().ToList();
        return specific.Count == 0 ? SignedIn : string.Join(" and ", specific);
    }

    private static IEnumerable<string> Rules(EndpointMetadataCollection metadata) =>
    [
        .. metadata.GetOrderedMetadata<IAuthorizeData>().Select(Describe),
        .. metadata.GetOrderedMetadata<AuthorizationPolicy>().SelectMany(policy => policy.Requirements).Select(Describe),
        .. metadata.GetOrderedMetadata<IAuthorizationRequirementData>().SelectMany(data => data.GetRequirements()).Select(Describe),
    ];

    private static string Describe(IAuthorizeData data) =>
        string.Join(" and ", new[] { data.Policy, data.Roles?.Replace(",", " or ", StringComparison.Ordinal) }.Where(rule => !string.IsNullOrEmpty(rule)).DefaultIfEmpty(SignedIn));

    private static string Describe(IAuthorizationRequirement requirement) => requirement switch
    {
        DenyAnonymousAuthorizationRequirement => SignedIn,
        RolesAuthorizationRequirement roles => string.Join(" or ", roles.AllowedRoles),
        ClaimsAuthorizationRequirement claim => $"{claim.ClaimType} {string.Join(" or ", claim.AllowedValues ?? [])}".TrimEnd(),
        _ when requirement.ToString() is { } text && text != requirement.GetType().ToString() => text,
        _ => requirement.GetType().Name,
    };
}
