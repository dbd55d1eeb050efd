namespace Carafe;

/// <summary>Registers what an exception means to the caller, as Flask's <c>errorhandler</c> does.</summary>
public static class ErrorMapExtensions
{
    /// <summary>Answers <typeparamref name="TException"/> and what derives from it with an error, anywhere in the app. The closest type wins; null leaves it unhandled (500).</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="map">Gives the error, or null to pass.</param>
    public static IServiceCollection AddErrorMap<TException>(this IServiceCollection services, Func<TException, HttpContext, Error?> map)
        where TException : Exception =>
        services.AddSingleton(ErrorMap.For(map));

    /// <summary>The same for the endpoints of one blueprint or group; it is asked before the app's, the innermost group's first.</summary>
    /// <param name="group">The group.</param>
    /// <param name="map">Gives the error, or null to pass.</param>
    public static RouteGroupBuilder WithErrorMap<TException>(this RouteGroupBuilder group, Func<TException, HttpContext, Error?> map)
        where TException : Exception =>
        group.WithMetadata(ErrorMap.For(map));
}
