using Carafe.Hosting;

namespace Carafe.Limits;

/// <summary>Refuses limits that cannot be read, and settings that limit nothing.</summary>
internal sealed class LimitValidator(EndpointLimiter limiter, IConfiguration configuration) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var errors = new List<string>();
        foreach (var endpoint in endpoints)
        {
            names.UnionWith(limiter.Names(endpoint));
            try
            {
                limiter.Find(endpoint);
            }
            catch (FormatException error)
            {
                errors.Add($"{RouteTable.Name(endpoint)}: {error.Message}");
            }
        }

        return
        [
            .. errors.Distinct(),
            .. from setting in configuration.GetSection(EndpointLimiter.Section).GetChildren()
               where !names.Contains(setting.Key)
               select $"{EndpointLimiter.Section}__{setting.Key}: no limit has this name. There are {string.Join(", ", names.Order(StringComparer.Ordinal))}.",
        ];
    }
}
