using Carafe;
using Carafe.Idempotency;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Makes POST and PATCH safe to repeat (draft-ietf-httpapi-idempotency-key-header-07).</summary>
public static class IdempotencyEndpointExtensions
{
    /// <summary>
    /// Runs a request with an <c>Idempotency-Key</c> once. Its success (2xx) is kept for 24 hours and sent again (status, headers and body, with
    /// <c>Idempotency-Replayed: true</c>) to the same caller at the same address. The same key with another payload is 422; while the first request is
    /// running, 409 with Retry-After. A request that failed releases its key. Do not use it for responses with tokens: they would be stored.
    /// </summary>
    /// <param name="builder">The endpoint or group; only its POST and PATCH requests take part.</param>
    /// <param name="required">Whether a request without the header is 400. Default: false.</param>
    /// <param name="allowAnonymous">Whether callers who are not signed in may use it: they share their keys, so each must be as good as random. Default
    /// false: 400.</param>
    public static TBuilder WithIdempotency<TBuilder>(this TBuilder builder, bool required = false, bool allowAnonymous = false)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } handler && handler.Target is not IdempotencyFilter)
            {
                endpoint.Metadata.Add(new IdempotencyMetadata(required));
                endpoint.RequestDelegate = new IdempotencyFilter(handler, required, allowAnonymous, Lease(endpoint)).RunAsync;
            }
        });
        return builder;
    }

    // Twice what the request may take: whoever holds a key then has died.
    internal static TimeSpan Lease(EndpointBuilder endpoint)
    {
        var time = endpoint.Metadata.LastOrDefault(item => item is RequestTimeoutAttribute or RequestTimeoutPolicy) switch
        {
            RequestTimeoutAttribute { Timeout: { } own } => own,
            RequestTimeoutPolicy { Timeout: { } own } => own,
            _ => endpoint.ApplicationServices.GetRequiredService<HttpSettings>().RequestTimeout,
        };
        return 2 * (time > TimeSpan.FromMinutes(1) ? time : TimeSpan.FromMinutes(1));
    }
}
