using Carafe;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Says what becomes of query parameters that an endpoint does not know.</summary>
public static class StrictQueryEndpointExtensions
{
    /// <summary>
    /// Refuses a query parameter that neither the handler's signature nor a <see cref="RequestParameterMetadata"/> names: 400, telling which there are. Without it, it is ignored,
    /// except by lists: whoever takes a page does this by itself, because a filter or an order that is ignored gives a wrong answer.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder WithStrictQuery<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new StrictQueryMetadata());
}
