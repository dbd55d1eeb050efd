using Carafe.Conditional;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Carafe;

/// <summary>
/// Holds the If-Match, If-None-Match and If-Unmodified-Since of a request that changes something (RFC 9110 section 13.1). Take it as a handler's
/// parameter and compare it with the row that you read; the row's concurrency token keeps the result valid until the save.
/// </summary>
public sealed class Preconditions : IEndpointParameterMetadataProvider
{
    private readonly RequestHeaders _headers;

    private Preconditions(HttpRequest request)
    {
        _headers = request.GetTypedHeaders();
        Refuse(HeaderNames.IfMatch, request.Headers.IfMatch.Count > 0 && _headers.IfMatch.Count == 0);
        Refuse(HeaderNames.IfNoneMatch, request.Headers.IfNoneMatch.Count > 0 && _headers.IfNoneMatch.Count == 0);
    }

    /// <summary>Returns when the request has no precondition or when it holds for this version; null means that there is nothing yet.</summary>
    /// <param name="version">The version of the row as it was read, or null when there is none.</param>
    /// <exception cref="AbortException">412: the row has changed since the caller read it.</exception>
    public void ThrowIfFailed(int? version) => ThrowIfFailed(version is { } number ? EntityTags.State(number) : null, null);

    /// <summary>Returns or throws in the same way for a resource with a tag that is not a version, such as a file.</summary>
    /// <param name="current">The strong tag of the current representation, or null when there is none.</param>
    /// <param name="lastModified">When the resource last changed, if its responses have Last-Modified. If-Unmodified-Since is compared with it when
    /// If-Match is absent. Default: null, which ignores If-Unmodified-Since.</param>
    /// <exception cref="AbortException">412: the row has changed since the caller read it.</exception>
    public void ThrowIfFailed(EntityTagHeaderValue? current, DateTimeOffset? lastModified = null) =>
        ThrowIfFailed(current is null ? null : EntityTags.State(current), lastModified);

    /// <summary>
    /// Returns the whole second from which a date is a validator: a resource that changed in the second before may have changed more than once in it (RFC
    /// 9110 section 8.8.2.2).
    /// </summary>
    internal static DateTimeOffset Second(DateTimeOffset lastModified)
    {
        var ticks = lastModified.UtcTicks + TimeSpan.TicksPerSecond - 1;
        return new DateTimeOffset(ticks - (ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }

    private void ThrowIfFailed(string? state, DateTimeOffset? lastModified)
    {
        var wanted = _headers.IfMatch;
        var unwanted = _headers.IfNoneMatch;
        if ((wanted.Count > 0 && !(state is not null && EntityTags.MatchesState(wanted, state, strong: true)))
            || (wanted.Count == 0 && _headers.IfUnmodifiedSince is { } since && lastModified is { } changed && Second(changed) > since)
            || (unwanted.Count > 0 && state is not null && EntityTags.MatchesState(unwanted, state, strong: false)))
        {
            throw new AbortException(new ApiError(StatusCodes.Status412PreconditionFailed));
        }
    }

    // A tag without its quotes must not count as no condition at all.
    private static void Refuse(string header, bool unread)
    {
        if (unread)
        {
            throw Abort.Invalid(header, "must be * or a list of quoted entity tags, such as \"3\".");
        }
    }

    /// <summary>Reads the preconditions from the request.</summary>
    /// <param name="context">The request's context.</param>
    /// <exception cref="AbortException">400: a header is present and cannot be read.</exception>
    public static ValueTask<Preconditions?> BindAsync(HttpContext context) => new(new Preconditions(context.Request));

    /// <inheritdoc/>
    public static void PopulateMetadata(System.Reflection.ParameterInfo parameter, EndpointBuilder builder)
    {
        // Without a precondition, whoever loses a race is told so by 409.
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status409Conflict, typeof(ErrorBody), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status412PreconditionFailed, typeof(ErrorBody), ["application/json"]));
    }
}
