using Carafe.Binding;
using Carafe.Bodies;
using Carafe.Connections;
using Carafe.ErrorHandling;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Carafe.Http;

/// <summary>Checks every request before its endpoint runs, with what was read from the endpoint once.</summary>
internal static class RequestChecks
{
    public static RequestDelegate Around(EndpointInfo info, RequestDelegate next)
    {
        RequestDelegate run = info.WritesTextErrors ? context => TextErrorFilter.RunAsync(context, next) : next;
        return context => RunAsync(context, info, run);
    }

    private static Task RunAsync(HttpContext context, EndpointInfo info, RequestDelegate next)
    {
        if (Refuse(context, info) is { } error)
        {
            return context.WriteErrorAsync(error);
        }

        // RFC 9110 section 14.2. The platform's file results treat any unit as bytes.
        if (context.Request.Headers.Range is { Count: > 0 } range && !range.ToString().StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
        {
            context.Request.Headers.Range = default;
        }

        if (info.ReadsJson || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            Receive(context, info);
        }

        return ContentNegotiation.IsMet(context.Request, info) ? next(context) : ContentNegotiation.RunAsync(context, info, next);
    }

    private static void Receive(HttpContext context, EndpointInfo info)
    {
        var body = new RereadableRequestBody(context, context.Request.BodyReader, info.ReadsJson ? RereadableRequestBody.Limit : 0);
        if (!info.ReadsJson)
        {
            context.Request.Body = body.AsStream(leaveOpen: true);
        }

        if (HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<GuardedConnection>() is { } connection)
        {
            connection.ReceivesBody = true;
        }

        context.Features.Set<IRequestBodyPipeFeature>(body);
        context.Response.OnStarting(static body => ((RereadableRequestBody)body).ReleaseAsync(), body);
    }

    private static ApiError? Refuse(HttpContext context, EndpointInfo info)
    {
        var request = context.Request;
        foreach (var (name, isCanonical) in info.Canonical)
        {
            if (request.RouteValues[name] is string text && !isCanonical(text))
            {
                // One resource has one address.
                return new ApiError(StatusCodes.Status404NotFound);
            }
        }

        if (request.QueryString.HasValue && Query(request) is { } error)
        {
            return error;
        }

        if (request.Path.Value?.Contains('\0', StringComparison.Ordinal) is true)
        {
            return new ApiError(StatusCodes.Status400BadRequest, "The path contains a NUL character.");
        }

        return info.ReadsBody ? Body(context, info) : null;
    }

    private static ApiError? Query(HttpRequest request)
    {
        if (request.QueryString.Value!.Contains("%00", StringComparison.Ordinal))
        {
            return new ApiError(StatusCodes.Status400BadRequest, "The query contains a NUL character.");
        }

        return null;
    }

    private static ApiError? Body(HttpContext context, EndpointInfo info)
    {
        var headers = context.Request.Headers;
        if (headers.ContentEncoding.Count > 0 && !headers.ContentEncoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.AcceptEncoding = "identity";
            return new ApiError(StatusCodes.Status415UnsupportedMediaType, "This address reads bodies without a Content-Encoding.");
        }

        var type = context.Request.ContentType;
        if (!info.ReadsJson || type is null || !type.Contains("charset", StringComparison.OrdinalIgnoreCase)
            || !MediaTypeHeaderValue.TryParse(type, out var media) || !media.Charset.HasValue)
        {
            return null;
        }

        if (!HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return new ApiError(StatusCodes.Status415UnsupportedMediaType, "JSON is UTF-8 here (RFC 8259 section 8.1).");
        }

        // The platform does not accept charset="utf-8" in quotes.
        context.Request.ContentType = media.MediaType.Value;
        return null;
    }
}
