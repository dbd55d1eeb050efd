using Carafe.Hosting;

namespace Carafe.Limits;

internal static class LimitEngineServiceCollectionExtensions
{
    public static void AddLimitEngine(this IServiceCollection services)
    {
        services.AddSettings<LimitSettings>();
        services.AddSingleton<LimitMetrics>();
        services.AddSingleton<LimitGate>();
        // The system's clock, as it spares the machine.
        services.AddSingleton(new RefusalDelay(TimeProvider.System));
        services.AddSingleton<IRouteValidator, LimitStoreValidator>();
    }
}
