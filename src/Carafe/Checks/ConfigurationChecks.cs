using System.Globalization;
using Carafe.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace Carafe.Checks;

/// <summary>Checks the settings of the core and of the log.</summary>
internal static class ConfigurationChecks
{
    private const string Page = "docs/checks.md";

    public static IEnumerable<Check> All =>
    [
        new("C101", CheckSeverity.Warning, context => When(!context.App.Environment.IsProduction(),
            $"The environment is {context.App.Environment.EnvironmentName}, so its settings were checked, and not those of a deployment."))
        {
            Why = "Development and Testing make up secrets, listen on this machine only and migrate by themselves.",
            Remedy = "check --deploy --environment Production, with the settings of the deployment",
            Page = Page + "#c101",
            Deploy = true,
        },
        new("C102", CheckSeverity.Warning, context => context.Services.GetRequiredService<SettingsCatalog>().Misspelled()
            .Select(pair => $"{pair.Name} is no setting of this app. Did you mean {pair.Nearest}?"))
        {
            Why = "A setting with a typing error does nothing, without a word.",
            Remedy = "Correct the name, or remove it.",
            Page = Page + "#c102",
            AtStart = true,
        },
        new("C103", CheckSeverity.Error, context => Readable(context))
        {
            Why = "Every user of the machine can read the secrets in it.",
            Remedy = "chmod 600 .env",
            Page = Page + "#c103",
            Deploy = true,
        },
        new("C104", CheckSeverity.Warning, context =>
            from level in context.App.Configuration.GetSection("Logging:LogLevel").GetChildren().Append(context.App.Configuration.GetSection("LOG_LEVEL"))
            where Enum.TryParse<LogLevel>(level.Value, true, out var set) && set < LogLevel.Information
            select $"The log level of {level.Key} is {level.Value}.")
        {
            Why = "Debug and Trace are slow, fill disks, and hold what users sent.",
            Remedy = "Logging__LogLevel__Default=Information",
            Page = Page + "#c104",
            Deploy = true,
        },
        new("C105", CheckSeverity.Error, context => from level in context.App.Configuration.GetSection("Logging:LogLevel").GetChildren()
            where level.Key.StartsWith("Microsoft.EntityFrameworkCore.Database.Command", StringComparison.Ordinal)
                && Enum.TryParse<LogLevel>(level.Value, true, out var set) && set <= LogLevel.Information
            select $"Every SQL statement is logged: {level.Key} is {level.Value}.")
        {
            Why = "Statements hold what users sent, and one line each costs more than most statements.",
            Remedy = "Remove the level of Microsoft.EntityFrameworkCore.Database.Command.",
            Page = Page + "#c105",
            Deploy = true,
        },
        new("C106", CheckSeverity.Information, context => When(
            context.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName is not ConsoleFormatterNames.Json,
            "The log is text for people."))
        {
            Why = "A collector of logs needs one JSON object a line to search by caller, route or trace.",
            Remedy = "Remove Logging__Console__FormatterName: JSON is what Production has.",
            Page = Page + "#c106",
            Deploy = true,
        },
        new("C107", CheckSeverity.Warning, context => When(!context.Services.GetRequiredService<HttpSettings>().AccessLog, "ACCESS_LOG is off."))
        {
            Why = "Nobody can say afterwards what was asked, by whom, and what it was answered.",
            Remedy = "ACCESS_LOG=true, unless the proxy in front writes one.",
            Page = Page + "#c107",
            Deploy = true,
        },
        new("C108", CheckSeverity.Warning, SecretsInFiles)
        {
            Why = "appsettings files are committed and copied into images, and so the secret is wherever they are.",
            Remedy = "Set it in the environment, or name a file that holds it with NAME_FILE.",
            Page = Page + "#c108",
        },
        new("C109", CheckSeverity.Information, context => from setting in context.Services.GetRequiredService<SettingsCatalog>().All
            where setting.Property.IsSecret && setting.Property.Name.EndsWith("_FALLBACKS", StringComparison.Ordinal) && setting.IsSet
            select $"{setting.Property.Name} holds earlier secrets.")
        {
            Why = "Whoever has an old secret can still sign with it as long as it verifies.",
            Remedy = "Remove it when everything that was signed with it has expired: after REFRESH_TOKEN_LIFETIME for JWT_SECRET_KEY_FALLBACKS.",
            Page = Page + "#c109",
            Deploy = true,
        },
    ];

    public static IEnumerable<string> When(bool wrong, string finding) => wrong ? [finding] : [];

    private static IEnumerable<string> Readable(CheckContext context)
    {
        foreach (var path in OperatingSystem.IsWindows() ? [] : context.Services.GetRequiredService<HostBootstrap>().Dotenv.Files)
        {
            var mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
            if ((mode & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{path} has the mode 0{Convert.ToString((int)mode, 8)}.");
            }
        }
    }

    private static IEnumerable<string> SecretsInFiles(CheckContext context) =>
        from setting in context.Services.GetRequiredService<SettingsCatalog>().All
        where setting.Source.StartsWith("appsettings", StringComparison.OrdinalIgnoreCase)
            // A URL with a password is one as well, and masked as one.
            && setting.Value.Contains("***", StringComparison.Ordinal)
        select $"{setting.Property.Name} is in {setting.Source}.";
}
