using Microsoft.AspNetCore.Authorization;

namespace Carafe.Hosting;

/// <summary>Refuses an app whose endpoints require something while nothing enforces it, or while a group around them admits everybody.</summary>
internal sealed class AuthorizationValidator(PipelineOrder order) : IRouteValidator
{
    private const int Shown = 3;

    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints)
    {
        order.Read();
        var closed = order.IsAuthorized ? [] : endpoints.Where(IsClosed).Select(Describe).ToList();
        if (closed.Count > 0)
        {
            var named = string.Join(", ", closed.Take(Shown)) + (closed.Count > Shown ? $" and {closed.Count - Shown} more" : "");
            yield return $"Nothing asks for the authorization that {named} require. "
                + "Add app.UseAuth() on the line after app.UseCarafe(), with AddAuth on the services; "
                + "without Carafe.Auth, app.UseAuthentication() and app.UseAuthorization().";
        }

        foreach (var opened in endpoints.Where(IsOpenedFromOutside))
        {
            yield return $"AllowAnonymous() on a group opens {RouteTable.Describe(opened)}, which requires {AuthorizationSummary.Required(opened)}. "
                + "Remove it from the group, and write it on the endpoints that are open.";
        }
    }

    private static string Describe(RouteEndpoint endpoint) => $"{RouteTable.Describe(endpoint)} ({AuthorizationSummary.Required(endpoint)})";

    private static bool IsClosed(Endpoint endpoint) => endpoint.Metadata.Any(Requires) && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;

    // Metadata of outer groups comes first. The platform would ignore an endpoint's own requirement after a group's AllowAnonymous.
    private static bool IsOpenedFromOutside(Endpoint endpoint) =>
        endpoint.Metadata.SkipWhile(item => item is not IAllowAnonymous).Any(Requires)
        && endpoint.Metadata.Last(item => item is IAllowAnonymous || Requires(item)) is not IAllowAnonymous;

    private static bool Requires(object item) => item is IAuthorizeData or AuthorizationPolicy or IAuthorizationRequirementData;
}
