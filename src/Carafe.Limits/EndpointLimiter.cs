using Carafe.Hosting;

namespace Carafe.Limits;

/// <summary>Finds the limits of endpoints: the app's, those of the groups from the outermost in, its own; settings go over all of them.</summary>
internal sealed class EndpointLimiter(IConfiguration configuration, IEnumerable<LimitMetadata> app, IServiceProvider services)
    : IEndpointLimiter
{
    public const string Section = "LIMITS";

    private const int Most = 16;
    private const string Off = "off";

    // The store is opened with the first request, when the start has checked its settings.
    public RequestDelegate Around(RouteEndpoint endpoint, RequestDelegate handler) =>
        Find(endpoint) is { Count: > 0 } rules && services.GetRequiredService<LimitGate>() is { IsOn: true } gate
            ? ActivatorUtilities.CreateInstance<LimitedHandler>(services, rules, handler, gate).RunAsync
            : handler;

    public IReadOnlyList<string> Describe(RouteEndpoint endpoint) => [.. Find(endpoint).Select(rule => rule.ToString())];

    public bool IsLimited(IReadOnlyList<object> metadata) => Declared(metadata).Count > 0;

    /// <summary>Returns the names that settings may use for an endpoint's limits.</summary>
    public IEnumerable<string> Names(RouteEndpoint endpoint) => Declared(endpoint.Metadata).Select(declared => NameOf(declared, endpoint));

    /// <summary>Returns the limits of an endpoint.</summary>
    /// <exception cref="FormatException">One of them is none; the message names it.</exception>
    public IReadOnlyList<LimitRule> Find(RouteEndpoint endpoint)
    {
        var found = new List<(Limit Limit, LimitMetadata Declared)>();
        foreach (var named in Declared(endpoint.Metadata).GroupBy(declared => NameOf(declared, endpoint), StringComparer.OrdinalIgnoreCase))
        {
            var (text, set) = (configuration[$"{Section}:{named.Key}"]?.Trim(), named.First());
            if (string.IsNullOrEmpty(text))
            {
                found.AddRange(named.SelectMany(
                    declared => Parse(named.Key, declared.Limits, $"WithLimit(\"{declared.Limits}\")"), (declared, limit) => (limit, declared)));
            }
            else if (!text.Equals(Off, StringComparison.OrdinalIgnoreCase))
            {
                found.AddRange(Parse(named.Key, text, $"{Section}__{named.Key}").Select(limit => (limit, set)));
            }
        }

        // A limit that is declared twice is taken once; the innermost declaration counts.
        var distinct = found.AsEnumerable().Reverse().DistinctBy(one => one.Limit.Scope).Reverse().ToList();
        if (distinct.Count > Most)
        {
            throw new FormatException($"has {distinct.Count} limits; at most {Most} apply to one endpoint.");
        }

        var alone = distinct.CountBy(one => one.Limit.Name).Where(pair => pair.Value == 1).Select(pair => pair.Key).ToHashSet();
        return [.. distinct.Select(one =>
            new LimitRule(one.Limit, one.Declared, alone.Contains(one.Limit.Name) ? one.Limit.Name : $"{one.Limit.Name} {one.Limit}"))];
    }

    private static IReadOnlyList<Limit> Parse(string name, string text, string source)
    {
        try
        {
            return Limit.Parse(name, text);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{source}: {error.Message}", error);
        }
    }

    private static string NameOf(LimitMetadata declared, RouteEndpoint endpoint) =>
        declared.Name ?? endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? RouteTable.Describe(endpoint);

    // Metadata of outer groups comes first.
    private List<LimitMetadata> Declared(IReadOnlyList<object> metadata)
    {
        var declared = app.ToList();
        foreach (var item in metadata)
        {
            if (item is UnlimitedMetadata)
            {
                declared.Clear();
            }
            else if (item is LimitMetadata limit)
            {
                declared.Add(limit);
            }
        }

        return declared;
    }
}
