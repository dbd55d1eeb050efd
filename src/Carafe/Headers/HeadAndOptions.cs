using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Carafe.Headers;

/// <summary>Serves HEAD wherever GET is mapped, responds to OPTIONS with 204, and names both in Allow (RFC 9110 sections 9.3.2, 9.3.7, 10.2.1).</summary>
internal static class HeadAndOptions
{
    public static void UseHead(this WebApplication app) =>
        app.Use(next => context => HttpMethods.IsHead(context.Request.Method) ? Head(context, next) : next(context));

    private static async Task Head(HttpContext context, RequestDelegate next)
    {
        var body = context.Features.Get<IHttpResponseBodyFeature>()!;
        context.Request.Method = HttpMethods.Get;
        // Ranges are defined for GET alone (RFC 9110 section 14.2).
        context.Request.Headers.Range = default;
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null, body));
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Method = HttpMethods.Head;
            context.Features.Set(body);
        }
    }

    /// <summary>Completes the router's 405: adds the methods that work by convention to Allow, and turns OPTIONS on a known path into 204.</summary>
    /// <returns>True when the response is complete and needs no error body.</returns>
    public static bool Complete(HttpContext context)
    {
        var methods = context.Response.Headers.GetCommaSeparatedValues(HeaderNames.Allow).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (methods.Contains(HttpMethods.Get))
        {
            methods.Add(HttpMethods.Head);
        }

        methods.Add(HttpMethods.Options);
        context.Response.Headers.Allow = string.Join(", ", methods.Order(StringComparer.Ordinal));
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
