using Microsoft.AspNetCore.Mvc;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Bounds the bodies of an endpoint or a group.</summary>
public static class BodyLimitEndpointExtensions
{
    /// <summary>
    /// Sets the largest request body; a larger one is 413. Keep it small where anonymous callers may send: their unfinished bodies are held in memory. It
    /// is the platform's <c>[RequestSizeLimit]</c>.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="bytes">The size in bytes. Default of an app: <c>MAX_BODY_SIZE</c>.</param>
    public static TBuilder WithBodyLimit<TBuilder>(this TBuilder builder, long bytes)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RequestSizeLimitAttribute(bytes));
}
