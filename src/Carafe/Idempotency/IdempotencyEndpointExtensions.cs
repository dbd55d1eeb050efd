using Carafe;
using Carafe.Idempotency;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Makes POST safe to repeat (draft-ietf-httpapi-idempotency-key-header-07).</summary>
public static class IdempotencyEndpointExtensions
{
    /// <summary>
    /// A request with an <c>Idempotency-Key</c> runs once: its success (2xx) is kept for 24 hours and given again, status, headers and body, with
    /// <c>Idempotency-Replayed: true</c>, to the same caller at the same address. The same key with another payload is 422; while the first request is under
    /// way 409 with Retry-After. A request that failed gives its key back. Not for answers that hold tokens: they would be kept.
    /// </summary>
    /// <param name="builder">The endpoint or group; only its POST and PATCH requests take part.</param>
    /// <param name="required">Whether a request without the header is 400. Default false.</param>
    public static TBuilder WithIdempotency<TBuilder>(this TBuilder builder, bool required = false)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } handler && handler.Target is not IdempotencyFilter)
            {
                endpoint.Metadata.Add(new IdempotencyMetadata(required));
                endpoint.RequestDelegate = new IdempotencyFilter(handler, required).RunAsync;
            }
        });
        return builder;
    }
}
