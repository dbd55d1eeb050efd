using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Carafe.Auth;

/// <summary>
/// Recognises requests without credentials to endpoints that are open to everybody: authentication would find nobody, and authorization would require
/// nothing (docs/decisions/0032-anonymous-requests.md).
/// </summary>
internal sealed class AnonymousShortcut(
    AuthOptions options,
    AuthCookies cookies,
    IAuthenticationSchemeProvider schemes,
    IOptionsMonitor<JwtBearerOptions> bearer,
    IAuthorizationPolicyProvider policies) : IAnonymousRequests
{
    // The version on which the tests have shown that the platform changes nothing about such a request.
    private const int Proven = 10;

    private readonly ConditionalWeakTable<Endpoint, StrongBox<bool>> _open = [];
    private bool? _isOn;

    public bool IsOn => _isOn ??= IsAllowed(Environment.Version) && IsKitAlone();

    public bool IsAllowed(Version version) => options.AnonymousShortcut && version.Major == Proven;

    public bool Takes(HttpContext context) =>
        context.GetEndpoint() is { } endpoint && _open.GetValue(endpoint, static endpoint => new(IsOpen(endpoint))).Value
        && cookies.Carrier.Read(context.Request.Headers).Count == 0
        && !(cookies.On && context.Request.Headers.Cookie.Count > 0)
        && context.Features.Get<IHttpAuthenticationFeature>()?.User is null
        && IsOn;

    private static bool IsOpen(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
        && !endpoint.Metadata.Any(item => item is IAuthorizeData or AuthorizationPolicy or IAuthorizationRequirementData);

    // A scheme, an event or a fallback policy of the app's own may identify a caller who sends no token.
    private bool IsKitAlone() =>
        schemes.GetAllSchemesAsync() is { IsCompletedSuccessfully: true, Result: var all }
        && all.Select(scheme => scheme.Name).SequenceEqual([JwtBearerDefaults.AuthenticationScheme])
        && policies.GetFallbackPolicyAsync() is { IsCompletedSuccessfully: true, Result: { } fallback }
        && fallback == ClosedByDefaultRequirement.Policy
        && bearer.Get(JwtBearerDefaults.AuthenticationScheme) is
        {
            ForwardAuthenticate: null, ForwardDefault: null, ForwardDefaultSelector: null, EventsType: null,
            Events: { OnMessageReceived: { HasSingleTarget: true, Target: BearerSetup } } events
        }
        && events.GetType() == typeof(JwtBearerEvents);
}
