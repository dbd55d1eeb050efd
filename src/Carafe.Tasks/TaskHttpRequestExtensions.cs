using Carafe.Tasks.Http;
using Microsoft.Net.Http.Headers;

namespace Microsoft.AspNetCore.Http;

/// <summary>Reads what a request asks of background work.</summary>
public static class TaskHttpRequestExtensions
{
    /// <summary>
    /// Returns whether the caller would rather be told that the work is accepted than wait for it: <c>Prefer: respond-async</c> (RFC 7240 section 4.1). Adds
    /// <c>Prefer</c> to the response's <c>Vary</c>.
    /// </summary>
    /// <param name="request">The request.</param>
    public static bool PrefersAsync(this HttpRequest request)
    {
        request.HttpContext.Response.Headers.Append(HeaderNames.Vary, "Prefer");
        return PreferHeader.Has(request, PreferHeader.RespondAsync);
    }
}
