using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;

namespace Carafe.Hosting;

/// <summary>
/// Describes who may call an endpoint, from its authorization metadata: roles and policies by their names, requirements by their <c>ToString</c>.
/// </summary>
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

        return Required(endpoint) is { } required ? required
            : services.GetService<IAuthorizationPolicyProvider>() is { } policies && await policies.GetFallbackPolicyAsync() is not null ? SignedIn
            : Anyone;
    }

    /// <summary>Describes what the endpoint's metadata requires; null when it requires nothing.</summary>
    public static string? Required(Endpoint endpoint)
    {
        var all = Requirements(endpoint.Metadata).ToList();
        var specific = all.Where(requirement => requirement != SignedIn).Distinct().ToList();
        return all.Count == 0 ? null : specific.Count == 0 ? SignedIn : string.Join(" and ", specific);
    }

    private static IEnumerable<string> Requirements(EndpointMetadataCollection metadata) =>
    [
        .. metadata.GetOrderedMetadata<IAuthorizeData>().Select(Describe),
        .. metadata.GetOrderedMetadata<AuthorizationPolicy>().SelectMany(policy => policy.Requirements).Select(Describe),
        .. metadata.GetOrderedMetadata<IAuthorizationRequirementData>().SelectMany(data => data.GetRequirements()).Select(Describe),
    ];

    private static string Describe(IAuthorizeData data) =>
        string.Join(" and ", new[] { data.Policy, data.Roles?.Replace(",", " or ", StringComparison.Ordinal) }
            .Where(requirement => !string.IsNullOrEmpty(requirement)).DefaultIfEmpty(SignedIn));

    private static string Describe(IAuthorizationRequirement requirement) => requirement switch
    {
        DenyAnonymousAuthorizationRequirement => SignedIn,
        RolesAuthorizationRequirement roles => string.Join(" or ", roles.AllowedRoles),
        ClaimsAuthorizationRequirement claim => $"{claim.ClaimType} {string.Join(" or ", claim.AllowedValues ?? [])}".TrimEnd(),
        _ when requirement.ToString() is { } text && text != requirement.GetType().ToString() => text,
        _ => requirement.GetType().Name,
    };
}
