using Carafe.Conditional;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Carafe;

/// <summary>
/// The If-Match, If-None-Match and If-Unmodified-Since of a request that changes something (RFC 9110 section 13.1). Take it as a handler's parameter and check it against the row
/// that you read; the row's concurrency token keeps the check true until the save.
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

    /// <summary>Passes when the request has no precondition or it holds for this version; null means that there is nothing yet.</summary>
    /// <param name="version">The version of the row as it was read, or null when there is none.</param>
    /// <exception cref="AbortException">412: what the caller read is not what is there.</exception>
    public void ThrowIfFailed(int? version) => ThrowIfFailed(version is { } number ? EntityTags.State(number) : null, null);

    /// <summary>The same for what is tagged by something else than a version, such as a file.</summary>
    /// <param name="current">The strong tag of what is there, or null when there is nothing.</param>
    /// <param name="lastModified">When what is there was changed last, where answers say so as Last-Modified. If-Unmodified-Since is held against it, unless If-Match is there. Default null: it is ignored.</param>
    /// <exception cref="AbortException">412: what the caller read is not what is there.</exception>
    public void ThrowIfFailed(EntityTagHeaderValue? current, DateTimeOffset? lastModified = null) => ThrowIfFailed(current is null ? null : EntityTags.State(current), lastModified);

    /// <summary>Gives the whole second from which on a date is a validator: what changed in the second before may have changed in it more than once (RFC 9110 section 8.8.2.2).</summary>
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

    // A tag without its quotes must not be taken for no condition at all.
    private static void Refuse(string header, bool unread)
    {
        if (unread)
        {
            throw Abort.Invalid(header, "must be * or a list of quoted entity tags, such as \"3\".");
        }
    }

    /// <summary>Binds it from the request.</summary>
    /// <param name="context">The request's context.</param>
    /// <exception cref="AbortException">400: a header is there and cannot be read.</exception>
    public static ValueTask<Preconditions?> BindAsync(HttpContext context) => new(new Preconditions(context.Request));

    /// <inheritdoc/>
    public static void PopulateMetadata(System.Reflection.ParameterInfo parameter, EndpointBuilder builder)
    {
        // Without a precondition, whoever loses a race is told so by 409.
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status409Conflict, typeof(ErrorBody), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status412PreconditionFailed, typeof(ErrorBody), ["application/json"]));
    }
}
