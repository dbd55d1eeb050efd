using Carafe.Hosting;

namespace Carafe.Configuration;

internal static class ConfigurationServiceCollectionExtensions
{
    public static void AddConfiguration(this IServiceCollection services, HostBootstrap ground)
    {
        services.AddSingleton(ground);
        services.AddSingleton<DataFolder>();
        services.AddSingleton<DevelopmentSecrets>();
        services.AddSingleton<SecretReader>();
        services.AddSingleton<SettingsCatalog>();
        services.AddSettings<CarafeSettings>();
        services.AddSingleton<ServerUrls>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerUrls>());
        services.AddStartupChecks();
    }

    // Placed in front of the platform's validator, whose type is internal.
    private static void AddStartupChecks(this IServiceCollection services)
    {
        var platform = services.Last(service => service.ServiceType == typeof(IStartupValidator)).ImplementationType!;
        services.AddKeyedTransient(typeof(IStartupValidator), StartupValidator.Platform, platform);
        services.AddSingleton<StartupValidator>();
        services.Replace(ServiceDescriptor.Singleton<IStartupValidator>(provider => provider.GetRequiredService<StartupValidator>()));
    }
}
