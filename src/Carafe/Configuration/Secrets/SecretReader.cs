using System.Text;

namespace Carafe.Configuration;

/// <summary>Reads a secret from the setting itself, from the file that <c>NAME_FILE</c> names, or from a generated value.</summary>
internal sealed class SecretReader(IConfiguration configuration, IHostEnvironment environment, DevelopmentSecrets store)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public (string[] Values, string? Error) Read(SettingProperty setting)
    {
        var (text, error) = Find(setting.Name);
        if (error is not null)
        {
            return ([], error);
        }

        string[] values = setting.ItemType is not null ? SettingText.Split(text) : text.Length > 0 ? [text] : [];
        if (values.Length > 0)
        {
            var weak = values.Select(value => SecretStrength.Error(value, environment.IsProduction())).FirstOrDefault(found => found is not null);
            return (values, weak is null ? null : $"{setting.Name}: the value {weak}");
        }

        return setting.ItemType is not null || setting.IsOptional ? ([], null)
            : environment.IsProduction() ? ([], $"{setting.Name}: is required in Production. {SecretStrength.HowToMake}")
            : ([store.Make(setting.Name)], null);
    }

    private (string Text, string? Error) Find(string name)
    {
        var text = configuration[name] ?? "";
        if (configuration[name + "_FILE"] is not { Length: > 0 } path)
        {
            return (text, null);
        }

        if (text.Length > 0)
        {
            return ("", $"{name}: is set twice, by itself and by {name}_FILE. Remove one.");
        }

        try
        {
            return (Strict.GetString(File.ReadAllBytes(Path.Combine(environment.ContentRootPath, path))).TrimStart('\uFEFF').TrimEnd('\r', '\n'), null);
        }
        catch (DecoderFallbackException)
        {
            return ("", $"{name}_FILE: '{path}' is not UTF-8 text. {SecretStrength.HowToMake}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return ("", $"{name}_FILE: '{path}' cannot be read: {unreadable.Message}");
        }
    }
}
