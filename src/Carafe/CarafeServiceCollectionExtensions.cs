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
