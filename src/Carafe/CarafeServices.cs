using Carafe.Commands;
using Carafe.Errors;

namespace Carafe;

internal static class CarafeServices
{
    public static void AddCarafe(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings<CarafeSettings>();
        services.AddErrors();
        services.AddJson();
        services.AddRouteChecks();
        services.AddCommand(RoutesCommand.Create);
    }
}
