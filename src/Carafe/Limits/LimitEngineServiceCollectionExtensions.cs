using Carafe.Hosting;

namespace Carafe.Limits;

internal static class LimitEngineServiceCollectionExtensions
{
    public static void AddLimitEngine(this IServiceCollection services)
    {
        services.AddSettings<LimitSettings>();
        services.AddSingleton<LimitMetrics>();
        services.AddSingleton<LimitGate>();
        services.AddSingleton<RefusalPace>();
        services.AddSingleton<IRouteValidator, LimitStoreValidator>();
    }
}
