using Carafe.Checks;
using Carafe.Commands;
using Carafe.Configuration;
using Carafe.ErrorHandling;
using Carafe.Hosting;
using Carafe.Http;
using Carafe.Idempotency;
using Carafe.Limits;

namespace Carafe;

internal static class CarafeServiceCollectionExtensions
{
    public static void AddCarafe(this IServiceCollection services, HostBootstrap bootstrap)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddConfiguration(bootstrap);
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddLogFormats();
        services.AddSingleton<LogLevels>();
        services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>());
        services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>());
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<LogLevels>());
        services.AddSingleton<SystemdNotifier>();
        services.AddHostedService(provider => provider.GetRequiredService<SystemdNotifier>());
        services.AddErrors();
        services.AddJson();
        services.AddHttp();
        services.AddLimitEngine();
        services.AddIdempotencyKeys();
        services.AddStartupValidation();
        services.AddCommand(RoutesCommand.Create);
        services.AddCommand(ConfigCommand.Create);
        services.AddCommand(CheckCommand.Create);
        services.AddChecks([.. ConfigurationChecks.All, .. ProcessChecks.All, .. HttpChecks.All]);
        services.AddSingleton<IRouteValidator, StartChecks>();
    }
}
