using System.ComponentModel.DataAnnotations;

namespace Carafe.Configuration;

/// <summary>Fills a settings class from the configuration and validates it. It keeps nothing, so the checks see the configuration of the start.</summary>
internal sealed class SettingsBinder<TSettings>(IConfiguration configuration, SecretReader secrets, IServiceProvider services)
    : IConfigureOptions<TSettings>, IValidateOptions<TSettings>
    where TSettings : class, new()
{
    private readonly IReadOnlyList<SettingProperty> _settings = SettingProperty.Of(typeof(TSettings));

    public void Configure(TSettings options) => Read(options);

    public ValidateOptionsResult Validate(string? name, TSettings options)
    {
        var unread = Read(new TSettings());
        var errors = unread.Values.SelectMany(text => text).ToList();
        errors.AddRange(_settings.Where(setting => !unread.ContainsKey(setting)).SelectMany(setting => setting.Check(options, services)));
        if (options is IValidatableObject own)
        {
            errors.AddRange(own.Validate(new ValidationContext(options, services, null)).Select(error => error.ErrorMessage).OfType<string>());
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private Dictionary<SettingProperty, List<string>> Read(TSettings target)
    {
        var unread = new Dictionary<SettingProperty, List<string>>();
        foreach (var setting in _settings)
        {
            var (texts, error) = setting.IsSecret ? secrets.Read(setting) : (Texts(setting), null);
            List<string> errors = error is not null ? [error] : texts.Length > 0 ? [.. setting.Assign(target, texts)] : [];
            if (errors.Count > 0)
            {
                unread[setting] = errors;
            }
        }

        return unread;
    }

    // An empty value counts as none: compose files and CI write `NAME=` for what is not set.
    private string[] Texts(SettingProperty setting) =>
        configuration[setting.Name] is { } text ? setting.ItemType is null ? text.Trim() is { Length: > 0 } filled ? [filled] : [] : SettingText.Split(text)
        : setting.ItemType is null ? []
        : [.. configuration.GetSection(setting.Name).GetChildren().Select(item => item.Value).OfType<string>()];
}

internal static class SettingText
{
    public static string[] Split(string text) => text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
