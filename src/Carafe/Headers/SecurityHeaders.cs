using Carafe.Errors;

namespace Carafe.Headers;

/// <summary>Sets the security and cache headers of every response (OWASP REST Security cheat sheet). A page that needs more sets its own.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// Names the header with the trace id under which the log has the request, for successes as well. A caller's own value is ignored; traceparent is
    /// continued (W3C Trace Context).
    /// </summary>
    public const string RequestId = "X-Request-Id";

    public static void UseResponseHeaders(this WebApplication app) => app.Use(next => context =>
    {
        Set(context);
        // Without it a cache may guess how long a response stays fresh (RFC 9111 section 4.2.2).
        context.Response.Headers.CacheControl = "no-cache";
        return next(context);
    });

    // The error writer starts from cleared headers.
    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        if (context.Request.IsHttps && !IsThisMachine(context.Request.Host.Host))
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        headers["Referrer-Policy"] = "no-referrer";
        headers.Vary = context.RequestServices.GetRequiredService<Variance>().Header;
        headers[RequestId] = TraceIds.Of(context);
    }

    // A browser would keep it for every other project that a developer runs there.
    private static bool IsThisMachine(string host) => host is "localhost" or "127.0.0.1" or "[::1]";
}
