using Carafe.Idempotency;
using Carafe.Tasks.Webhooks;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Receives signed webhooks.</summary>
public static class WebhookEndpointExtensions
{
    /// <summary>
    /// Lets a request through only with a right signature by one of the secrets (Standard Webhooks), of an attempt at most five minutes old and at most five
    /// minutes ahead; else 401, and neither parameters nor body are bound. A message runs once: when its id comes again within 24 hours, the response that was
    /// given to it is sent again; while it runs, 409. One that failed releases its id. An id counts for the whole route, whatever its parameters are.
    /// Methods other than POST are 405, whatever the endpoint was mapped for. The endpoint itself is open: it calls <c>AllowAnonymous</c>.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="secrets">Returns the secrets: one, or two while one replaces the other.</param>
    public static TBuilder RequireWebhookSignature<TBuilder>(this TBuilder builder, Func<IServiceProvider, IEnumerable<string>> secrets)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } handler)
            {
                // The last one counts. Other methods would not be kept to once.
                endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Post]));
                var once = new IdempotencyFilter(handler, required: true, allowAnonymous: true, IdempotencyEndpointExtensions.Lease(endpoint),
                    isMessage: true);
                endpoint.RequestDelegate = new WebhookFilter(once.RunAsync, secrets).RunAsync;
            }
        });
        return builder.ProducesErrors(401, 409, 413, 422);
    }
}
