using System.Net.Mime;
using Carafe;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Declares the errors of an endpoint.</summary>
public static class ContractEndpointExtensions
{
    /// <summary>
    /// Declares that an endpoint, or each endpoint of a group, can return these errors in the standard error format. Errors that follow from the
    /// signature, the authorization and the kit's own conventions need no declaration: 400, 401, 403, 404 of a path parameter, 413 and 415 of a body.
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

    /// <summary>
    /// Returns the metadata that <see cref="ProducesErrors"/> adds to an endpoint, for an extension that has an <see cref="EndpointBuilder"/>.
    /// </summary>
    /// <param name="status">The HTTP status code, 400 to 599.</param>
    public static ProducesResponseTypeMetadata ErrorMetadata(int status) => new(status, typeof(ErrorBody), [MediaTypeNames.Application.Json]);
}
