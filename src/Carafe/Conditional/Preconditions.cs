using Carafe.Conditional;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Carafe;

/// <summary>
/// Holds the If-Match, If-None-Match and If-Unmodified-Since of a request that changes something (RFC 9110 section 13.1). Take it as a handler's
/// parameter and compare it with the row that you read; the row's concurrency token keeps the result valid until the save.
/// </summary>
public sealed class Preconditions : IEndpointParameterMetadataProvider
{
    private readonly IList<EntityTagHeaderValue> _wanted;
    private readonly IList<EntityTagHeaderValue> _unwanted;
    private readonly DateTimeOffset? _since;

    private Preconditions(HttpRequest request)
    {
        var sent = request.HttpContext.Features.Get<SentConditions>() ?? new SentConditions(request.Headers);
        _since = request.GetTypedHeaders().IfUnmodifiedSince;
        _wanted = Read(HeaderNames.IfMatch, sent.IfMatch);
        _unwanted = Read(HeaderNames.IfNoneMatch, sent.IfNoneMatch);
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
        if ((_wanted.Count > 0 && !(state is not null && EntityTags.MatchesState(_wanted, state, strong: true)))
            || (_wanted.Count == 0 && _since is { } since && lastModified is { } changed && Second(changed) > since)
            || (_unwanted.Count > 0 && state is not null && EntityTags.MatchesState(_unwanted, state, strong: false)))
        {
            throw new AbortException(new ApiError(StatusCodes.Status412PreconditionFailed));
        }
    }

    // A tag without its quotes must not count as no condition at all.
    private static IList<EntityTagHeaderValue> Read(string header, StringValues sent) =>
        sent.Count == 0 ? []
        : EntityTagHeaderValue.TryParseList(sent, out var tags) && tags.Count > 0 ? tags
        : throw Abort.Invalid(header, "must be * or a list of quoted entity tags, such as \"3\".");

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
