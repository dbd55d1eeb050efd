using Carafe;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Refuses unknown query parameters.</summary>
public static class StrictQueryEndpointExtensions
{
    /// <summary>
    /// Refuses a query parameter that neither the handler's signature nor a <see cref="RequestParameterMetadata"/> names: the response is 400 and lists
    /// the known ones. Default: unknown parameters are ignored, except by lists, where an ignored filter or order would give a wrong result.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder WithStrictQuery<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new StrictQueryMetadata());
}
