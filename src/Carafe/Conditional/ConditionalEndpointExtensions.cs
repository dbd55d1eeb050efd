using Carafe;
using Carafe.Conditional;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Conditional requests as conventions of an endpoint or a group (RFC 9110 section 13).</summary>
public static class ConditionalEndpointExtensions
{
    private static readonly StringValues Caller = new([HeaderNames.Authorization, HeaderNames.Cookie]);

    /// <summary>
    /// Sends the strong ETag of every success that is an <see cref="IETagged"/>, with <c>Vary: Authorization, Cookie</c>, and answers a
    /// GET whose If-None-Match names it with 304, and one whose If-Match does not with 412.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder WithETag<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            var inner = result is INestedHttpResult nested ? nested.Result : result;
            return ((inner as IValueHttpResult)?.Value ?? inner) is IETagged tagged && (inner as IStatusCodeHttpResult)?.StatusCode is null or < 300
                ? Tag(context.HttpContext, EntityTags.For(tagged.Version), result)
                : result;
        }).WithMetadata(new ETagMetadata());

    /// <summary>Demands If-Match: a request without it is 428 (RFC 6585 section 3), so that nobody overwrites what they have not seen. The handler checks it with <see cref="Preconditions"/>.</summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder RequireIfMatch<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter((context, next) => context.HttpContext.Request.Headers.IfMatch.Count == 0
            ? throw new AbortException(new ApiError(StatusCodes.Status428PreconditionRequired))
            : next(context)).WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status428PreconditionRequired, typeof(ErrorBody), ["application/json"]));

    private static object? Tag(HttpContext context, EntityTagHeaderValue tag, object? result)
    {
        var response = context.Response;
        var reads = HttpMethods.IsGet(context.Request.Method);
        if (reads && context.Request.Headers.IfMatch.Count > 0 && context.Request.GetTypedHeaders().IfMatch is { Count: > 0 } wanted && !EntityTags.Matches(wanted, tag, strong: true))
        {
            throw new AbortException(new ApiError(StatusCodes.Status412PreconditionFailed));
        }

        // The same version may be told to one caller and to another in different words.
        response.Headers.Vary = response.Headers.Vary.Count == 0 ? Caller : StringValues.Concat(response.Headers.Vary, Caller);
        if (reads && context.Request.Headers.IfNoneMatch.Count > 0 && EntityTags.Match(context.Request.GetTypedHeaders().IfNoneMatch, tag, strong: false) is { } known)
        {
            response.Headers.ETag = (known.Equals(EntityTagHeaderValue.Any) ? tag : known).ToString();
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        response.Headers.ETag = tag.ToString();
        if (context.Request.Headers.AcceptEncoding.Count > 0)
        {
            TagEncoded(response, tag);
        }

        return result;
    }

    // Whether it will be compressed is known when the answer begins.
    private static void TagEncoded(HttpResponse response, EntityTagHeaderValue tag) => response.OnStarting(() =>
    {
        if (response.Headers is { ETag.Count: > 0, ContentEncoding.Count: > 0 } headers)
        {
            headers.ETag = EntityTags.Encoded(tag, headers.ContentEncoding).ToString();
        }

        return Task.CompletedTask;
    });
}
