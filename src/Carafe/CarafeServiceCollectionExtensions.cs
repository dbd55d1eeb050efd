using Carafe.Checks;
using Carafe.Commands;
using Carafe.Configuration;
using Carafe.ErrorHandling;
using Carafe.Hosting;
using Carafe.Http;
using Carafe.Limits;

namespace Carafe;

internal static class CarafeServiceCollectionExtensions
{
    public static void AddCarafe(this IServiceCollection services, HostBootstrap ground)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddConfiguration(ground);
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddLogFormats();
        services.AddErrors();
        services.AddJson();
        services.AddHttp();
        services.AddLimitEngine();
        services.AddRouteChecks();
        services.AddCommand(RoutesCommand.Create);
        services.AddCommand(ConfigCommand.Create);
        services.AddCommand(CheckCommand.Create);
        services.AddChecks([.. ConfigurationChecks.All, .. ProcessChecks.All, .. HttpChecks.All]);
        services.AddSingleton<IRouteValidator, StartChecks>();
    }
}
