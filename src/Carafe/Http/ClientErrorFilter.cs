using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Carafe.Http;

/// <summary>
/// Lowers log entries about clients' behaviour to Debug: the platform logs a reset connection or a malformed request as an error of the server.
/// </summary>
internal sealed class ClientErrorFilter(LoggerFactory inner) : ILoggerFactory
{
    // What the server's parser happened upon once more, when it looked for the end of a malformed body.
    private const string Undrained = "RequestBodyDrainBodyReaderInvalidState";

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal)
            ? new Filtered(inner.CreateLogger(categoryName))
            : inner.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    private static bool IsClients(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is OperationCanceledException or BadHttpRequestException or ConnectionResetException or ConnectionAbortedException
                or AuthenticationException
                || error.GetType().FullName?.StartsWith("Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http2.Http2", StringComparison.Ordinal) is true)
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Filtered(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var level = logLevel >= LogLevel.Warning && (eventId.Name == Undrained || IsClients(exception)) ? LogLevel.Debug : logLevel;
            if (level == logLevel || inner.IsEnabled(level))
            {
                inner.Log(level, eventId, state, exception, formatter);
            }
        }
    }
}
