using System.CommandLine;
using System.Text;
using Carafe.Configuration;

namespace Carafe.Commands;

internal static class ConfigCommand
{
    public static Command Create(WebApplication app)
    {
        var template = new Option<bool>("--env") { Description = "Print a .env.example: each setting with its meaning and its default." };
        var command = new Command("config", "Print every setting, its value and where it came from. Secrets are masked.") { template };
        command.SetAction(async (parsed, _) =>
        {
            var settings = app.Services.GetRequiredService<SettingsCatalog>().All;
            await parsed.InvocationConfiguration.Output.WriteAsync(parsed.GetValue(template) ? Template(settings) : List(settings));
            return 0;
        });
        return command;
    }

    private static string List(IReadOnlyList<SettingState> settings)
    {
        var text = new StringBuilder();
        foreach (var setting in settings)
        {
            text.Append(setting.Property.Name).Append('=').AppendLine(setting.Value).Append("    from ").Append(setting.Source);
            if (setting.IsSet && setting.Default.Length > 0)
            {
                text.Append("; default ").Append(setting.Default);
            }

            text.AppendLine();
            if (setting.Meaning.Length > 0)
            {
                text.Append("    ").AppendLine(setting.Meaning);
            }
        }

        return text.ToString();
    }

    private static string Template(IReadOnlyList<SettingState> settings)
    {
        var text = new StringBuilder();
        foreach (var setting in settings)
        {
            if (setting.Meaning.Length > 0)
            {
                text.Append("# ").AppendLine(setting.Meaning);
            }

            text.Append('#').Append(setting.Property.Name).Append('=').AppendLine(setting.Default).AppendLine();
        }

        return text.ToString();
    }
}
