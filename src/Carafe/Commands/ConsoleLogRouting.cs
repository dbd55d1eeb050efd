using Microsoft.Extensions.Logging.Console;

namespace Carafe.Commands;

/// <summary>Keeps the log out of what a command prints, and a failed start from being told twice.</summary>
internal sealed class ConsoleLogRouting(bool serving)
{
    /// <summary>Set once the server listens. Before that, the command line tells what failed, in one line.</summary>
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
