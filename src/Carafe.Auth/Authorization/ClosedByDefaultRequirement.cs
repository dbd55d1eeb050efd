using Carafe.Hosting;
using Microsoft.AspNetCore.Authorization;

namespace Carafe.Auth;

/// <summary>
/// Requires a signed-in caller wherever nothing else is declared: at endpoints, and for everything that is no endpoint. Only requests that end in the
/// router's own 404, 405, 406 or 415 pass, so these keep their meaning.
/// </summary>
internal sealed class ClosedByDefaultRequirement : AuthorizationHandler<ClosedByDefaultRequirement>, IAuthorizationRequirement
{
    public static readonly AuthorizationPolicy Policy = new AuthorizationPolicyBuilder().AddRequirements(new ClosedByDefaultRequirement()).Build();

    // The router's names for the endpoints that it serves itself. They have no metadata; on a platform that names them otherwise the response is 401.
    private static readonly string[] Rejections = ["405 HTTP Method Not Supported", "406 HTTP Not Acceptable", "415 HTTP Unsupported Media Type"];

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ClosedByDefaultRequirement requirement)
    {
        if (context.User.Identity is { IsAuthenticated: true } || (context.Resource is HttpContext http && IsRejected(http)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    private static bool IsRejected(HttpContext context) => context.GetEndpoint() switch
    {
        null => context.RequestServices.GetRequiredService<PipelineOrder>().NothingFollowsAuth,
        RouteEndpoint => false,
        var endpoint => endpoint.Metadata.Count == 0 && Rejections.Contains(endpoint.DisplayName),
    };

    public override string ToString() => "signed in";
}
