using Carafe.Bodies;

namespace Carafe.Conditional;

/// <summary>
/// Represents a success whose entity tag is made from what is sent. Other filters see through it, as through the platform's <c>Results</c> of several
/// types.
/// </summary>
internal sealed class TaggedResult(object result, string state) : IResult, INestedHttpResult
{
    public object Inner => result;

    public string State => state;

    IResult INestedHttpResult.Result => result as IResult ?? this;

    /// <summary>Executes what the kit does not write itself, and tags the outcome.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = new MemoryStream();
        using (var held = new CapturedResponseBody(httpContext, static _ => true, body))
        {
            await (result is IResult executable ? executable.ExecuteAsync(httpContext) : httpContext.Response.WriteAsJsonAsync(result, result.GetType()));
            await held.EndAsync();
        }

        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        if (httpContext.Response.StatusCode >= 300 || Begin(httpContext, state, bytes.Span))
        {
            httpContext.Response.ContentLength = bytes.Length;
            await httpContext.Response.BodyWriter.WriteAsync(bytes, httpContext.RequestAborted);
        }
    }

    /// <summary>Sets the tag of a response whose status and media type are set, and evaluates a GET's preconditions (RFC 9110 section 13.2.2).</summary>
    /// <returns>False for a 304: there is nothing more to send.</returns>
    /// <exception cref="AbortException">412: If-Match names no tag of this representation.</exception>
    public static bool Begin(HttpContext context, string state, ReadOnlySpan<byte> body)
    {
        var (request, response) = (context.Request, context.Response);
        var tag = EntityTags.Of(state, EntityTags.Digest(response.ContentType, body), EntityTags.Coding(context));
        var reads = HttpMethods.IsGet(request.Method);
        if (reads && request.Headers.IfMatch.Count > 0 && request.GetTypedHeaders().IfMatch is { Count: > 0 } wanted
            && !EntityTags.Matches(wanted, tag, strong: true))
        {
            throw new AbortException(new ApiError(StatusCodes.Status412PreconditionFailed));
        }

        response.Headers.ETag = tag.ToString();
        context.Features.Set(CompleteTag.Mark);
        if (!reads || request.Headers.IfNoneMatch.Count == 0 || !EntityTags.Matches(request.GetTypedHeaders().IfNoneMatch, tag, strong: false))
        {
            return true;
        }

        response.StatusCode = StatusCodes.Status304NotModified;
        response.ContentType = null;
        response.ContentLength = null;
        return false;
    }
}
