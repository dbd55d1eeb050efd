namespace Carafe.Configuration;

internal static class ConfigurationServiceCollectionExtensions
{
    public static void AddConfiguration(this IServiceCollection services, HostBootstrap bootstrap)
    {
        services.AddSingleton(bootstrap);
        services.AddSingleton<DataFolder>();
        services.AddSingleton<DevelopmentSecrets>();
        services.AddSingleton<SecretReader>();
        services.AddSingleton<SettingsCatalog>();
        services.AddSingleton<SettingsValidator>();
        services.AddSettings<CarafeSettings>();
        services.AddSingleton<ServerUrls>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerUrls>());
    }
}
