using Carafe.Binding;
using Carafe.Bodies;
using Carafe.Json;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Carafe.Http;

/// <summary>
/// Responds with 406 where Accept excludes everything that the endpoint offers (RFC 9110 section 15.5.7). A write is refused before it runs. A read runs,
/// because errors are sent whatever Accept says, and 406 replaces only its success.
/// </summary>
internal static class ContentNegotiation
{
    public static bool IsMet(HttpRequest request, EndpointInfo info) =>
        info.Offers.Length == 0 || request.Headers.Accept.Count == 0 || Accepts(request.Headers.Accept, info.Offers);

    public static async Task RunAsync(HttpContext context, EndpointInfo info, RequestDelegate next)
    {
        var error = new ApiError(StatusCodes.Status406NotAcceptable,
            $"This address responds with {string.Join(", ", info.Offers.Select(offer => JsonMediaType.OnWire(context, offer.MediaType.Value!)))}.");
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await context.WriteErrorAsync(error);
            return;
        }

        using var body = new CapturedResponseBody(context, static status => status < 400, Stream.Null);
        await next(context);
        if (await body.EndAsync() && context.Response.StatusCode < 300)
        {
            context.Response.Clear();
            await context.WriteErrorAsync(error);
        }
    }

    // A client that asks for errors as application/problem+json accepts JSON.
    private static bool Accepts(StringValues header, MediaTypeHeaderValue[] offers)
    {
        var text = header.ToString();
        if ((text.Contains("*/*", StringComparison.Ordinal) || text.Contains("application/json", StringComparison.OrdinalIgnoreCase))
            && !text.Contains("q=0", StringComparison.Ordinal))
        {
            return true;
        }

        return !MediaTypeHeaderValue.TryParseList(header, out var accepted)
            || accepted.Any(type => type.Quality is not 0
                && offers.Any(offer => offer.IsSubsetOf(type) || (EndpointInfo.IsJson(type.MediaType.Value!) && EndpointInfo.IsJson(offer.MediaType.Value!))));
    }
}
