using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;

#pragma warning disable EF1001 // EF Core's own logger is derived from.

namespace Carafe.Tests.FastSqlite;

/// <summary>Keeps what EF Core logs.</summary>
internal sealed class Lines(LogLevel minimum) : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _written = [];

    public LogLevel Minimum { get; set; } = minimum;

    public IReadOnlyCollection<string> Written => _written;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Minimum && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _written.Enqueue($"{logLevel} {eventId} {formatter(state, exception)}");
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>Subscribes to EF Core's events.</summary>
internal sealed class Subscriber : IObserver<KeyValuePair<string, object?>>
{
    public void OnNext(KeyValuePair<string, object?> value)
    {
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}

internal sealed class OwnLogger(
    ILoggerFactory loggerFactory, ILoggingOptions loggingOptions, DiagnosticSource diagnosticSource, LoggingDefinitions loggingDefinitions,
    IDbContextLogger contextLogger, IDbContextOptions contextOptions, IInterceptors? interceptors = null)
    : RelationalCommandDiagnosticsLogger(loggerFactory, loggingOptions, diagnosticSource, loggingDefinitions, contextLogger, contextOptions, interceptors);
