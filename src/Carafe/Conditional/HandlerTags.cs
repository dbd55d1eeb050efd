using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Carafe.Conditional;

/// <summary>
/// Completes the entity tags that a handler sets by itself. Outside they name the caller and the coding that the caller accepts, inside they are the
/// handler's own: a tag that was sent to one caller never matches in the request of another (docs/decisions/0062-a-tag-of-what-is-sent.md).
/// </summary>
internal static class HandlerTags
{
    public static bool AreIn(HttpRequest request)
    {
        var headers = request.Headers;
        return headers.IfNoneMatch.Count > 0 || headers.IfMatch.Count > 0 || headers.IfRange.Count > 0;
    }

    /// <summary>Gives the handler its own tags back. It runs when the caller is known.</summary>
    public static void Restore(HttpContext context)
    {
        var headers = context.Request.Headers;
        var suffix = Suffix(context);
        context.Features.Set(new SentConditions(headers));
        if (EntityTagHeaderValue.TryParseList(headers.IfNoneMatch, out var unwanted))
        {
            // What the kit has not sent matches nothing.
            headers.IfNoneMatch = unwanted.Where(tag => tag.Equals(EntityTagHeaderValue.Any) || EntityTags.IsComplete(tag.Tag.AsSpan()))
                .Select(tag => Own(tag, suffix)).ToArray();
        }

        if (EntityTagHeaderValue.TryParseList(headers.IfMatch, out var wanted))
        {
            headers.IfMatch = wanted.Select(tag => Own(tag, suffix)).ToArray();
        }

        if (headers.IfRange.Count == 1 && EntityTagHeaderValue.TryParse(headers.IfRange.ToString(), out var range))
        {
            headers.IfRange = Own(range, suffix);
        }
    }

    /// <summary>Completes the response's tag, if it is not complete yet. It runs when the response starts.</summary>
    public static Task CompleteAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (headers.ETag.Count > 0 && context.Features.Get<CompleteTag>() is null)
        {
            // What is no tag at all would be a tag to some caches.
            headers.ETag = EntityTagHeaderValue.TryParse(headers.ETag.ToString(), out var tag)
                ? $"{(tag.IsWeak ? "W/" : "")}\"{tag.Tag.AsSpan()[1..^1]}{Suffix(context)}\""
                : default;
        }

        return Task.CompletedTask;
    }

    private static string Own(EntityTagHeaderValue tag, string suffix)
    {
        var text = tag.Tag.AsSpan();
        return text.Length > suffix.Length + 1 && text[..^1].EndsWith(suffix, StringComparison.Ordinal)
            ? $"{(tag.IsWeak ? "W/" : "")}{text[..^(suffix.Length + 1)]}\""
            : tag.ToString();
    }

    // The accepted coding and not the chosen one, which a 304 does not know.
    private static string Suffix(HttpContext context)
    {
        var coding = EntityTags.Accepted(context);
        return string.Create(CultureInfo.InvariantCulture, $".{EntityTags.Digest(null, context.User):x16}{(coding is null ? "" : "-")}{coding}");
    }
}

/// <summary>Marks a response whose entity tag is complete.</summary>
internal sealed class CompleteTag
{
    public static readonly CompleteTag Mark = new();
}

/// <summary>Keeps the conditions as the caller sent them, for those who compare complete tags.</summary>
internal sealed class SentConditions(IHeaderDictionary headers)
{
    public StringValues IfMatch { get; } = headers.IfMatch;

    public StringValues IfNoneMatch { get; } = headers.IfNoneMatch;
}
