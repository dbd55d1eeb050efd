using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Claims;
using Carafe.Connections;
using Carafe.Errors;
using Microsoft.AspNetCore.Diagnostics;

namespace Carafe.Http;

/// <summary>Logs one line for each request, whatever its outcome.</summary>
internal static partial class AccessLog
{
    public static void UseAccessLog(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<HttpSettings>();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Carafe.Access");
        app.Use(next => context => RunAsync(context, next, settings.AccessLog && logger.IsEnabled(LogLevel.Information) ? logger : null));
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate next, ILogger? logger)
    {
        var start = Stopwatch.GetTimestamp();
        var request = context.Request;
        var connection = context.Features.Get<GuardedConnection>();
        connection?.BeginRequest();
        // Percent-encoded as on the wire: no line breaks, no control codes. The query may contain secrets and is left out.
        var (method, path) = (request.Method, logger is null ? "" : request.Path.ToUriComponent());
        var completed = false;
        try
        {
            await next(context);
            completed = true;
        }
        finally
        {
            connection?.EndRequest();
            if (logger is not null)
            {
                var response = context.Response;
                var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
                var gone = context.RequestAborted.IsCancellationRequested;
                var status = gone && !response.HasStarted ? StatusCodes.Status499ClientClosedRequest : response.StatusCode;
                var note = response.HasStarted && (gone || !completed) ? ", cut off" : "";
                Request(logger, Method(method), path, status, milliseconds, response.ContentLength, context.Connection.RemoteIpAddress, Caller(context),
                    Route(context), TraceIds.Of(context), note);
            }
        }
    }

    private static string Method(string method) => method.Length <= 20 && method.All(char.IsAsciiLetterOrDigit) ? method : "?";

    // The handler of exceptions takes the endpoint away before it writes the error.
    private static string? Route(HttpContext context) =>
        ((context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint) as RouteEndpoint)?.RoutePattern.RawText;

    // The account's id, of a token that was accepted. Names and addresses of accounts are no business of a log.
    private static string? Caller(HttpContext context) =>
        context.User.Identity?.IsAuthenticated == true
            ? context.User.FindFirst("sub")?.Value ?? context.User.FindFirst(ClaimTypes.NameIdentifier)?.Value
            : null;

    [LoggerMessage(4001, LogLevel.Information,
        "{Method} {Path} {Status} {Milliseconds} ms {Bytes} B from {Address} by {Caller} on {Route} trace {TraceId}{Note}")]
    private static partial void Request(ILogger logger, string method, string path, int status, string milliseconds, long? bytes, IPAddress? address,
        string? caller, string? route, string traceId, string note);
}
