using System.Diagnostics;
using System.Globalization;
using Carafe.Errors;

namespace Carafe.Http;

/// <summary>One line for each request, whatever became of it.</summary>
internal static partial class AccessLog
{
    public static void UseAccessLog(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<HttpSettings>();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Carafe.Access");
        if (settings.AccessLog && logger.IsEnabled(LogLevel.Information))
        {
            app.Use(next => context => RunAsync(context, next, logger));
        }
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        var start = Stopwatch.GetTimestamp();
        var request = context.Request;
        // Percent-encoded as on the wire: no line breaks, no control codes. The query may hold secrets and stays out.
        var (method, path) = (Method(request.Method), request.Path.ToUriComponent());
        try
        {
            await next(context);
        }
        finally
        {
            var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
            Request(logger, method, path, context.Response.StatusCode, milliseconds, ErrorResponseWriter.TraceId(context));
        }
    }

    private static string Method(string method) => method.Length <= 20 && method.All(char.IsAsciiLetterOrDigit) ? method : "?";

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} {Status} {Milliseconds} ms trace {TraceId}")]
    private static partial void Request(ILogger logger, string method, string path, int status, string milliseconds, string traceId);
}
