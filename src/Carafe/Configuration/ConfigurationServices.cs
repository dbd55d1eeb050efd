namespace Carafe.Configuration;

internal static class ConfigurationServices
{
    public static void AddConfiguration(this IServiceCollection services, Ground ground)
    {
        services.AddSingleton(ground);
        services.AddSingleton<SecretStore>();
        services.AddSingleton<SecretReader>();
        services.AddSettings<CarafeSettings>();
        services.AddSingleton<ListenAddress>();
        services.AddHostedService(provider => provider.GetRequiredService<ListenAddress>());
        services.AddStartupChecks();
    }

    // Stands in front of the platform's validator, whose type is internal.
    private static void AddStartupChecks(this IServiceCollection services)
    {
        var platform = services.Last(service => service.ServiceType == typeof(IStartupValidator)).ImplementationType!;
        services.AddKeyedTransient(typeof(IStartupValidator), StartupChecks.Platform, platform);
        services.AddSingleton<StartupChecks>();
        services.Replace(ServiceDescriptor.Singleton<IStartupValidator>(provider => provider.GetRequiredService<StartupChecks>()));
    }
}
