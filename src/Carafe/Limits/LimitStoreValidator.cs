using Carafe.Hosting;

namespace Carafe.Limits;

/// <summary>Refuses a store of limits that is asked for and not configured.</summary>
internal sealed class LimitStoreValidator(IServiceProvider services) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints)
    {
        try
        {
            services.GetRequiredService<LimitGate>();
            return [];
        }
        catch (ConfigurationException error)
        {
            // Those of settings are reported as such.
            return error.Errors.Where(text => text.StartsWith(LimitGate.StoreSetting, StringComparison.Ordinal));
        }
    }
}
