using Carafe.Errors;

namespace Carafe.Http;

/// <summary>What every answer of an API says to a browser and to caches (OWASP REST Security cheat sheet). A page that needs more sets its own.</summary>
internal static class SecurityHeaders
{
    /// <summary>Under which the log has the request: a caller can name it, of a success too. One that the request carries is not taken over; traceparent is (W3C Trace Context).</summary>
    public const string RequestId = "X-Request-Id";

    public static void UseResponseHeaders(this WebApplication app) => app.Use(next => context =>
    {
        Set(context);
        // Without a word on it a cache may guess how long an answer stays true (RFC 9111 section 4.2.2).
        context.Response.Headers.CacheControl = "no-cache";
        return next(context);
    });

    // An error's answer starts from cleared headers.
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
        headers[RequestId] = ErrorResponseWriter.TraceId(context);
    }

    // A browser would keep it for every other project that a developer runs there.
    private static bool IsThisMachine(string host) => host is "localhost" or "127.0.0.1" or "[::1]";
}
