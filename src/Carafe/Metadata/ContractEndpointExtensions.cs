using System.Net.Mime;
using Carafe;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Says what an endpoint can answer.</summary>
public static class ContractEndpointExtensions
{
    /// <summary>
    /// Says that an endpoint, or each of a group, can answer these errors, in the one shape. What follows from the signature, the authorization and the kit's own conventions
    /// need not be said: 400, 401, 403, 404 of a path parameter, 413 and 415 of a body.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="statuses">HTTP status codes, 400 to 599.</param>
    public static TBuilder ProducesErrors<TBuilder>(this TBuilder builder, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            foreach (var status in statuses)
            {
                endpoint.Metadata.Add(ErrorMetadata(status));
            }
        });
        return builder;
    }

    /// <summary>What <see cref="ProducesErrors"/> adds to an endpoint: for an extension that has the <see cref="EndpointBuilder"/> in its hands.</summary>
    /// <param name="status">The HTTP status code, 400 to 599.</param>
    public static ProducesResponseTypeMetadata ErrorMetadata(int status) => new(status, typeof(ErrorBody), [MediaTypeNames.Application.Json]);
}
