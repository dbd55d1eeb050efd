using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Carafe.Conditional;

/// <summary>
/// Completes the platform's file results before they run. Their entity tag gets whatever else the response depends on, and a date counts as a validator
/// only where it is one (RFC 9110 sections 8.8.2.2 and 13.1.5). The platform then evaluates conditions and ranges.
/// </summary>
internal static class FileResultFilter
{
    private static readonly Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate> Factory = Around;

    /// <summary>Adds the filter as a convention of groups.</summary>
    public static void AddTo(EndpointBuilder endpoint)
    {
        if (!endpoint.FilterFactories.Contains(Factory))
        {
            endpoint.FilterFactories.Insert(0, Factory);
        }
    }

    private static EndpointFilterDelegate Around(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next) =>
        !MayBeFile(endpoint.MethodInfo.ReturnType) ? next : async context => Complete(context.HttpContext, await next(context));

    private static bool MayBeFile(Type type) =>
        type == typeof(object) || type == typeof(IResult) || type.IsAssignableTo(typeof(IFileHttpResult))
            || (type.IsGenericType && type.GetGenericArguments().Any(MayBeFile));

    private static object? Complete(HttpContext context, object? result) => (result is INestedHttpResult nested ? nested.Result : result) switch
    {
        PhysicalFileHttpResult file => TypedResults.PhysicalFile(
            file.FileName, file.ContentType, file.FileDownloadName, Date(context, file.LastModified),
            Tag(context, file.EntityTag, file.ContentType, file.EnableRangeProcessing), file.EnableRangeProcessing),
        FileContentHttpResult file => TypedResults.Bytes(
            file.FileContents, file.ContentType, file.FileDownloadName, file.EnableRangeProcessing, Date(context, file.LastModified),
            Tag(context, file.EntityTag, file.ContentType, file.EnableRangeProcessing)),
        FileStreamHttpResult file => TypedResults.Stream(
            file.FileStream, file.ContentType, file.FileDownloadName, Date(context, file.LastModified),
            Tag(context, file.EntityTag, file.ContentType, file.EnableRangeProcessing), file.EnableRangeProcessing),
        VirtualFileHttpResult file => TypedResults.VirtualFile(
            file.FileName, file.ContentType, file.FileDownloadName, Date(context, file.LastModified),
            Tag(context, file.EntityTag, file.ContentType, file.EnableRangeProcessing), file.EnableRangeProcessing),
        _ => result,
    };

    private static EntityTagHeaderValue? Tag(HttpContext context, EntityTagHeaderValue? tag, string contentType, bool inParts)
    {
        if (tag is null || tag.IsWeak)
        {
            // A weak one is completed like any that a handler sets.
            return tag;
        }

        // A resource with ranges is not compressed. Compression looks at the type, which a 304 must not have.
        context.Response.ContentType = inParts ? null : contentType;
        var coding = inParts ? null : EntityTags.Coding(context);
        context.Response.ContentType = null;
        context.Features.Set(CompleteTag.Mark);
        return EntityTags.Of(EntityTags.State(tag), EntityTags.Digest(contentType, context.User), coding);
    }

    private static DateTimeOffset? Date(HttpContext context, DateTimeOffset? lastModified)
    {
        var headers = context.Request.Headers;
        var since = headers.IfRange.Count > 0 ? context.Request.GetTypedHeaders().IfRange?.LastModified : null;
        if (lastModified is null)
        {
            headers.Range = since is null ? headers.Range : default;
            return null;
        }

        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var validator = Preconditions.Second(lastModified.Value);
        if (validator > now)
        {
            // What changed within this second may change again within it.
            headers.IfModifiedSince = default;
        }

        if (since is not null && (validator > now || since != validator))
        {
            headers.Range = default;
        }

        return validator > now ? now : validator;
    }
}
