using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Carafe.Auth;

/// <summary>
/// Knows requests that nobody signed. The platform makes a handler for each, to find that there is no token; where only the kit looks for one, its headers tell as much. The answer is
/// no wherever the app has put something of its own in the way (docs/decisions/0032-strangers-are-not-authenticated.md).
/// </summary>
internal sealed class Strangers(AuthCookies cookies, IAuthenticationSchemeProvider schemes, IOptionsMonitor<JwtBearerOptions> bearer, IAuthorizationPolicyProvider policies)
{
    private readonly ConditionalWeakTable<Endpoint, StrongBox<bool>> _open = [];
    private StrongBox<bool>? _platform;

    /// <summary>Whether authentication would find nobody, and no fault either.</summary>
    public bool Sent(HttpContext context) =>
        context.Request.Headers.Authorization.Count == 0
        && !(cookies.On && context.Request.Headers.Cookie.Count > 0)
        && context.Features.Get<IHttpAuthenticationFeature>()?.User is null
        && IsKitAlone()
        && (_platform ??= new(IsPlatform(context.RequestServices))).Value;

    /// <summary>Whether, moreover, authorization would let it pass without looking at who sent it.</summary>
    public bool MayPass(HttpContext context) =>
        context.GetEndpoint() is { } endpoint && _open.GetValue(endpoint, made => new(IsOpen(made))).Value && Sent(context);

    // Asked each time: schemes and options can change while the app runs.
    private bool IsKitAlone() =>
        schemes.GetRequestHandlerSchemesAsync() is { IsCompletedSuccessfully: true, Result: var handlers } && !handlers.Any()
        && schemes.GetDefaultAuthenticateSchemeAsync() is { IsCompletedSuccessfully: true, Result: { } scheme } && scheme.HandlerType == typeof(JwtBearerHandler)
        && bearer.Get(scheme.Name) is { ForwardAuthenticate: null, ForwardDefault: null, ForwardDefaultSelector: null, EventsType: null, Events: { OnMessageReceived: { HasSingleTarget: true, Target: BearerSetup } } events }
        && events.GetType() == typeof(JwtBearerEvents);

    // What stands in the services stays there.
    private static bool IsPlatform(IServiceProvider services) =>
        services.GetRequiredService<IAuthenticationService>().GetType().Assembly == typeof(AuthenticationService).Assembly
        && services.GetRequiredService<IAuthenticationHandlerProvider>().GetType() == typeof(AuthenticationHandlerProvider)
        && services.GetRequiredService<JwtBearerHandler>().GetType() == typeof(JwtBearerHandler)
        && services.GetRequiredService<IPolicyEvaluator>().GetType() == typeof(PolicyEvaluator);

    // A policy can name schemes to sign in by, even of an endpoint that lets everybody pass.
    private bool IsOpen(Endpoint endpoint) =>
        ClosedByDefaultRequirement.Fallback(endpoint, policies, out var policy)
        && (policy is null || (policy.AuthenticationSchemes.Count == 0 && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null));
}
