using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Carafe.Tests.Http;

/// <summary>What an app logged, at every level.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, string Text)> _lines = [];

    public string[] Of(string category) => [.. _lines.Where(line => line.Category.StartsWith(category, StringComparison.Ordinal)).Select(line => line.Text)];

    public string[] From(LogLevel level) => [.. _lines.Where(line => line.Level >= level).Select(line => $"{line.Category}: {line.Text}")];

    /// <summary>Waits until the log says something.</summary>
    public async Task UntilAsync(Func<LogLines, bool> condition)
    {
        for (var patience = TimeSpan.FromSeconds(30); !condition(this); patience -= TimeSpan.FromMilliseconds(20))
        {
            Assert.True(patience > TimeSpan.Zero, string.Join('\n', From(LogLevel.Information).TakeLast(30)));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Category(categoryName, this);

    public void Dispose()
    {
    }

    private sealed class Category(string name, LogLines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines._lines.Enqueue((name, logLevel, formatter(state, exception)));
    }
}
