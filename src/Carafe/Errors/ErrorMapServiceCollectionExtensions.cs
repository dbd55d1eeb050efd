using Carafe;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Maps exceptions to errors for the whole app, as Flask's <c>errorhandler</c> does.</summary>
public static class ErrorMapServiceCollectionExtensions
{
    /// <summary>
    /// Maps <typeparamref name="TException"/> and its derived types to an error, anywhere in the app. The closest type wins; null leaves the exception
    /// unhandled (500).
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="map">Returns the error, or null to pass.</param>
    public static IServiceCollection AddErrorMap<TException>(this IServiceCollection services, Func<TException, HttpContext, ApiError?> map)
        where TException : Exception =>
        services.AddSingleton(ErrorMap.For(map));
}
