using Microsoft.Extensions.Logging.Console;

namespace Carafe.Commands;

/// <summary>Keeps the log out of a command's output, and reports a failed start only once.</summary>
internal sealed class ConsoleLogRouting(bool serving)
{
    /// <summary>Gets or sets whether the server listens. Before that, the command line reports what failed, in one line.</summary>
    public bool Started { get; set; }

    public void Configure(WebApplicationBuilder builder)
    {
        if (serving)
        {
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => Started && level >= LogLevel.Warning);
        }
        else
        {
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        }
    }
}
