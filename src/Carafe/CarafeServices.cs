using Carafe.Commands;
using Carafe.Configuration;
using Carafe.Errors;
using Carafe.Http;

namespace Carafe;

internal static class CarafeServices
{
    public static void AddCarafe(this IServiceCollection services, Ground ground)
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
