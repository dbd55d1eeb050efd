namespace Carafe.Limits;

/// <summary>Limits endpoints. Carafe.Limits registers the one there is.</summary>
internal interface IEndpointLimiter
{
    /// <summary>Returns the handler with the endpoint's limits around it, or the handler itself when nothing limits it.</summary>
    RequestDelegate Around(RouteEndpoint endpoint, RequestDelegate handler);

    /// <summary>Describes the endpoint's limits as they apply, such as <c>5/minute by address</c>.</summary>
    IReadOnlyList<string> Describe(RouteEndpoint endpoint);

    /// <summary>Returns whether an endpoint with such metadata is limited.</summary>
    bool IsLimited(IReadOnlyList<object> metadata);
}
