using Carafe;
using Carafe.Conditional;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds conditional requests to an endpoint or a group (RFC 9110 section 13).</summary>
public static class ConditionalEndpointExtensions
{
    /// <summary>
    /// Sends a strong ETag with every success that is an <see cref="IETagged"/>. The tag is made of its version and of what this caller is sent (bytes,
    /// media type and content coding), so callers who see different members have different tags. A GET whose If-None-Match names the tag gets 304; one
    /// whose If-Match does not gets 412 (RFC 9110 section 13).
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder WithETag<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(FileResultFilter.AddTo);
        return builder.AddEndpointFilter(static async (context, next) =>
        {
            var result = await next(context);
            var inner = result is INestedHttpResult nested ? nested.Result : result;
            return ((inner as IValueHttpResult)?.Value ?? inner) is IETagged tagged && (inner as IStatusCodeHttpResult)?.StatusCode is null or < 300
                ? new TaggedResult(inner!, EntityTags.State(tagged.Version))
                : result;
        }).WithMetadata(new ETagMetadata());
    }

    /// <summary>
    /// Requires If-Match: a request without it gets 428 (RFC 6585 section 3), so nobody overwrites what they have not seen. The handler compares it with
    /// <see cref="Preconditions"/>.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder RequireIfMatch<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter((context, next) => context.HttpContext.Request.Headers.IfMatch.Count == 0
            ? throw new AbortException(new ApiError(StatusCodes.Status428PreconditionRequired))
            : next(context)).WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status428PreconditionRequired, typeof(ErrorBody), ["application/json"]));
}
