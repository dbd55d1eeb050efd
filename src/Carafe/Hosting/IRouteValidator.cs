namespace Carafe.Hosting;

/// <summary>Validates the route table at start on behalf of another part of the core.</summary>
internal interface IRouteValidator
{
    IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints);
}
