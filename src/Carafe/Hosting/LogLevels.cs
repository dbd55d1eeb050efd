using Carafe.Configuration;
using Microsoft.Extensions.Primitives;

namespace Carafe.Hosting;

/// <summary>
/// Applies LOG_LEVEL to every category that has no level of its own, and reads it again from .env on a reload. It reads the configuration itself: the log is
/// needed before the settings are validated.
/// </summary>
internal sealed class LogLevels(IConfiguration configuration, HostBootstrap bootstrap, IServiceProvider services)
    : IConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>, IReloadable
{
    private const string Setting = "LOG_LEVEL";

    private ConfigurationReloadToken _changed = new();
    private LogLevel? _level = Parse(configuration[Setting]);

    public string Name => Options.DefaultName;

    public bool IsConfigured => configuration[Setting] is { Length: > 0 } || SystemdNotifier.IsThere;

    public void Configure(LoggerFilterOptions options)
    {
        if (_level is { } level)
        {
            options.Rules.Add(new LoggerFilterRule(null, null, level, null));
        }
    }

    public IChangeToken GetChangeToken() => Volatile.Read(ref _changed);

    public void Reload()
    {
        var text = Read();
        var logger = services.GetRequiredService<ILogger<LogLevels>>();
        if (text is { Length: > 0 } && Parse(text) is null)
        {
            logger.LogError("LOG_LEVEL stays as it was: '{Level}' is no level, such as information or debug", text);
            return;
        }

        _level = Parse(text);
        Interlocked.Exchange(ref _changed, new ConfigurationReloadToken()).OnReload();
        logger.LogInformation("The log has level {Level}", _level?.ToString() ?? "of its own configuration");
    }

    private static LogLevel? Parse(string? text) =>
        Enum.TryParse<LogLevel>(text?.Trim(), ignoreCase: true, out var level) && Enum.IsDefined(level) && !char.IsAsciiDigit(text!.Trim()[0]) ? level : null;

    // The real environment cannot change; what was in .env can be elsewhere or nowhere now.
    private string? Read()
    {
        if (Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } real)
        {
            return real;
        }

        var now = HostBootstrap.Read(["--environment", bootstrap.EnvironmentName, "--contentRoot", bootstrap.ContentRoot], Environment.GetEnvironmentVariable);
        return now.Dotenv.Values.GetValueOrDefault(Setting) ?? (bootstrap.Dotenv.Values.ContainsKey(Setting) ? null : configuration[Setting]);
    }
}
