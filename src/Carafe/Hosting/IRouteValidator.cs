namespace Carafe.Hosting;

/// <summary>One more look over the route table at start, by another part of the core.</summary>
internal interface IRouteValidator
{
    IEnumerable<string> Faults(IReadOnlyList<RouteEndpoint> endpoints);
}
