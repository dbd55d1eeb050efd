using Carafe;
using Carafe.Limits;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Limits how often endpoints may be called.</summary>
public static class LimitEndpointExtensions
{
    /// <summary>
    /// Limits an endpoint, or each endpoint of a group by itself; with a name, all that share the name together. A request over the limit is 429 with
    /// Retry-After. Every response of the endpoint has <c>RateLimit</c> and <c>RateLimit-Policy</c>. Limits of the endpoint, its groups and the app apply
    /// together, as one decision: what one of them refuses takes nothing from the others. Authorization comes first, so what it refuses is not counted.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="limits">One or more limits, such as <c>5/minute;100/hour</c> (see <see cref="Limit.Parse"/>). The start checks them.</param>
    /// <param name="name">
    /// The name in <c>RateLimit</c> and in settings, <c>LIMITS__name=10/minute</c>. Default: the endpoint's name, such as <c>auth.Login</c>.
    /// </param>
    /// <param name="by">Whom it counts. Default: the account, or the address of a caller who is not signed in.</param>
    /// <param name="cost">How much a request takes, 0 or more. Default: 1.</param>
    /// <param name="unless">Whether a request is exempt. Default: none is.</param>
    /// <param name="countIf">
    /// Whether a response counts, such as <c>context => context.Response.StatusCode == 201</c>. A request counts while it runs, and is given back when
    /// this says no. Default: each counts.
    /// </param>
    /// <param name="whenAway">What happens while the store of the counts is away. Default: the request is served.</param>
    public static TBuilder WithLimit<TBuilder>(this TBuilder builder, string limits, string? name = null, Func<HttpContext, LimitKey>? by = null,
        Func<HttpContext, int>? cost = null, Func<HttpContext, bool>? unless = null, Func<HttpContext, bool>? countIf = null,
        LimitFailure whenAway = LimitFailure.Open)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new LimitMetadata(limits, name, by ?? LimitBy.AccountOrAddress, cost, unless, countIf, whenAway));

    /// <summary>Exempts an endpoint or group from the limits of the groups around it and of the app, and from its own that are written before this.</summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder WithoutLimit<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new UnlimitedMetadata());
}
