using Carafe.Binding;
using Carafe.Errors;
using Carafe.Hosting.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Carafe.Http;

/// <summary>What holds for every request before its endpoint runs; what each rule needs to know was read from the endpoint once.</summary>
internal static class RequestChecks
{
    public static RequestDelegate Around(EndpointInfo plan, RequestDelegate next)
    {
        RequestDelegate run = plan.WritesTextErrors ? context => TextErrorFilter.RunAsync(context, next) : next;
        return context => RunAsync(context, plan, run);
    }

    private static Task RunAsync(HttpContext context, EndpointInfo plan, RequestDelegate next)
    {
        if (Refuse(context, plan) is { } error)
        {
            return context.WriteErrorAsync(error);
        }

        // RFC 9110 section 14.2. The platform's file results take any unit for bytes.
        if (context.Request.Headers.Range is { Count: > 0 } range && !range.ToString().StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
        {
            context.Request.Headers.Range = default;
        }

        if (plan.ReadsJson || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            Receive(context, plan);
        }

        return ContentNegotiation.IsMet(context.Request, plan) ? next(context) : ContentNegotiation.RunAsync(context, plan, next);
    }

    private static void Receive(HttpContext context, EndpointInfo plan)
    {
        var body = new RereadableRequestBody(context, context.Request.BodyReader, plan.ReadsJson ? RereadableRequestBody.Limit : 0);
        if (!plan.ReadsJson)
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

    private static ApiError? Refuse(HttpContext context, EndpointInfo plan)
    {
        var request = context.Request;
        foreach (var (name, isCanonical) in plan.Canonical)
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

        return plan.ReadsBody ? Body(context, plan) : null;
    }

    private static ApiError? Query(HttpRequest request)
    {
        if (request.QueryString.Value!.Contains("%00", StringComparison.Ordinal))
        {
            return new ApiError(StatusCodes.Status400BadRequest, "The query contains a NUL character.");
        }

        return null;
    }

    private static ApiError? Body(HttpContext context, EndpointInfo plan)
    {
        var headers = context.Request.Headers;
        if (headers.ContentEncoding.Count > 0 && !headers.ContentEncoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.AcceptEncoding = "identity";
            return new ApiError(StatusCodes.Status415UnsupportedMediaType, "This address reads bodies without a Content-Encoding.");
        }

        var type = context.Request.ContentType;
        if (!plan.ReadsJson || type is null || !type.Contains("charset", StringComparison.OrdinalIgnoreCase) || !MediaTypeHeaderValue.TryParse(type, out var media) || !media.Charset.HasValue)
        {
            return null;
        }

        if (!HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return new ApiError(StatusCodes.Status415UnsupportedMediaType, "JSON is UTF-8 here (RFC 8259 section 8.1).");
        }

        // The platform does not know charset="utf-8" with its quotes on.
        context.Request.ContentType = media.MediaType.Value;
        return null;
    }
}
