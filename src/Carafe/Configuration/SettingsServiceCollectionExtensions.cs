using Carafe;
using Carafe.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds typed settings, read from the configuration once and validated before the app starts.</summary>
public static class SettingsServiceCollectionExtensions
{
    /// <summary>
    /// Binds <typeparamref name="TSettings"/>: the property <c>PasswordMinLength</c> is the setting <c>PASSWORD_MIN_LENGTH</c>. A property is a string,
    /// bool, whole or decimal number, <see cref="TimeSpan"/> (<c>15m</c>, <c>30d</c>), <see cref="Uri"/>, enum, or a list of those (<c>a,b</c>). The
    /// start checks that values parse, the DataAnnotations, <see cref="System.ComponentModel.DataAnnotations.IValidatableObject"/>,
    /// <see cref="SecretAttribute"/> and any <see cref="IValidateOptions{TOptions}"/> of <typeparamref name="TSettings"/>, and reports all errors at
    /// once. Read the settings as <see cref="IOptions{TOptions}"/>, or inject <typeparamref name="TSettings"/> itself.
    /// </summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddSettings<TSettings>(this IServiceCollection services)
        where TSettings : class, new()
    {
        if (services.Any(service => service.ServiceType == typeof(IOptions<TSettings>)))
        {
            return services;
        }

        services.AddSingleton(new SettingsClass(typeof(TSettings)));
        services.AddOptions<TSettings>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<TSettings>, SettingsBinder<TSettings>>();
        services.AddSingleton<IValidateOptions<TSettings>, SettingsBinder<TSettings>>();
        services.AddSingleton<IOptions<TSettings>, ValidatedOptions<TSettings>>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<TSettings>>().Value);
        return services;
    }
}
