namespace Carafe.Http;

/// <summary>What every answer of an API says to a browser (OWASP REST Security cheat sheet). A page that needs more sets its own.</summary>
internal static class ResponseHeaders
{
    public static void UseResponseHeaders(this WebApplication app) => app.Use(next => context =>
    {
        Set(context.Response.Headers);
        return next(context);
    });

    // An error's answer starts from cleared headers.
    public static void Set(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
