namespace Carafe.Hosting;

/// <summary>Refuses an app whose endpoints say what no service carries out.</summary>
internal sealed class RequiredServiceValidator(IServiceProviderIsService known) : IRouteValidator
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints) =>
        from endpoint in endpoints
        from metadata in endpoint.Metadata.OfType<IRequiresService>()
        where !known.IsService(metadata.Service)
        group RouteTable.Describe(endpoint) by (metadata.Call, metadata.Registration) into missing
        select $"{missing.Key.Call} does nothing on {missing.First()}{(missing.Count() > 1 ? $" and {missing.Count() - 1} more" : "")}: "
            + $"add {missing.Key.Registration}.";
}
