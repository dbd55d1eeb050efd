using Carafe.Commands;
using Carafe.Configuration;
using Carafe.ErrorHandling;
using Carafe.Http;

namespace Carafe;

internal static class CarafeServiceCollectionExtensions
{
    public static void AddCarafe(this IServiceCollection services, HostBootstrap ground)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddConfiguration(ground);
        services.AddErrors();
        services.AddJson();
        services.AddHttp();
        services.AddRouteChecks();
        services.AddCommand(RoutesCommand.Create);
    }
}
