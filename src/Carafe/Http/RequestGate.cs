using Carafe.Bodies;
using Carafe.Connections;
using Carafe.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Carafe.Http;

/// <summary>
/// Checks every request first. Methods are case-sensitive (RFC 9110 section 9.1), and a response that comes before the whole request announces that the
/// connection ends with it (RFC 9112 section 9.3): the rest must not be taken for another request.
/// </summary>
internal static class RequestGate
{
    // Left of a body that is at most this long the server reads by itself, and keeps the connection.
    private const long Short = 64 * 1024;

    public static void UseRequestGate(this WebApplication app)
    {
        var memory = app.Services.GetRequiredService<MemoryGate>();
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use(next => context => RunAsync(context, next, memory, drain));
    }

    private static Task RunAsync(HttpContext context, RequestDelegate next, MemoryGate memory, Drain drain)
    {
        if (drain.IsStopping && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // A keep-alive connection would be closed under the client's next request.
            context.Response.OnStarting(static context => Close((HttpContext)context), context);
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.OnStarting(static context => CloseUnfinishedAsync((HttpContext)context), context);
        }

        var error = memory.IsTight && !ProbePaths.AskWhetherItRuns(context.Request.Path) ? InFlightBudget.Full : Refuse(context);
        return error is not null ? context.WriteErrorAsync(error) : next(context);
    }

    private static ApiError? Refuse(HttpContext context)
    {
        var method = context.Request.Method;
        // The server interns the methods that it knows.
        if (ReferenceEquals(method, HttpMethods.Get) || ReferenceEquals(method, HttpMethods.Post))
        {
            return null;
        }

        if (method.Any(char.IsAsciiLetterLower))
        {
            return new ApiError(StatusCodes.Status501NotImplemented, "This server does not know that method. Methods are case-sensitive.");
        }

        if (HttpMethods.IsConnect(method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true })
        {
            context.Response.Headers.Allow = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
            return new ApiError(StatusCodes.Status405MethodNotAllowed, "This server is no proxy.");
        }

        return null;
    }

    private static Task Close(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }

    private static Task CloseUnfinishedAsync(HttpContext context)
    {
        var request = context.Request;
        var body = context.Features.Get<IRequestBodyPipeFeature>() as RereadableRequestBody;
        if (body is { HasEnded: true })
        {
            return Task.CompletedTask;
        }

        var begun = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.IsReadOnly is true;
        var waits = !begun && request.Headers[HeaderNames.Expect].Count > 0;
        if (waits || body?.Error is not null || request.ContentLength is null or > Short)
        {
            context.Response.Headers.Connection = "close";
            if (context.Features.Get<GuardedConnection>() is { } connection)
            {
                connection.IsUnfinished = true;
            }
        }

        return Task.CompletedTask;
    }
}
