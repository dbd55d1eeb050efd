using Microsoft.Extensions.Logging.Console;

namespace Carafe.Hosting;

/// <summary>Chooses how the console's log is written where nobody has: for people in Development, as one JSON object a line in Production.</summary>
internal static class LogFormats
{
    public static void AddLogFormats(this IServiceCollection services)
    {
        services.AddOptions<ConsoleLoggerOptions>().Configure<IHostEnvironment>((console, environment) =>
            console.FormatterName ??= environment.IsProduction() ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple);
        services.Configure<SimpleConsoleFormatterOptions>(text => text.TimestampFormat ??= "HH:mm:ss ");
        services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            json.TimestampFormat ??= "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            json.UseUtcTimestamp = true;
        });
    }
}
