using Carafe;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps exceptions to errors for one blueprint or group.</summary>
public static class ErrorMapEndpointExtensions
{
    /// <summary>
    /// Maps <typeparamref name="TException"/> and its derived types to an error, for the endpoints of a group. The innermost group's map is tried first,
    /// the app's last.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="map">Returns the error, or null to pass.</param>
    public static RouteGroupBuilder WithErrorMap<TException>(this RouteGroupBuilder group, Func<TException, HttpContext, ApiError?> map)
        where TException : Exception =>
        group.WithMetadata(ErrorMap.For(map));
}
