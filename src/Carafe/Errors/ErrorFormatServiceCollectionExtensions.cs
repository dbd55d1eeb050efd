using Carafe;
using Carafe.Errors;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives every error of the app a format of its own.</summary>
public static class ErrorFormatServiceCollectionExtensions
{
    /// <summary>
    /// Writes every error response as a <typeparamref name="TBody"/>, wherever it is raised: the router, authentication, binding, validation, a limit, the
    /// database, a handler, an exception. The API document, <c>EnforceContract</c> and <c>ExpectError</c> follow. Default: <see cref="ErrorBody"/>. A
    /// body without a place for the message, and a second call, stop the start.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="map">Makes the body. It is called at the start as well, with an example for each kind of error. Where it throws
    /// later, the error is sent as an <see cref="ErrorBody"/> and logged.</param>
    /// <param name="configure">Sets the media type. Default: <c>application/json</c>, and problem details for callers that ask for them.</param>
    public static IServiceCollection AddErrorFormat<TBody>(
        this IServiceCollection services, Func<ErrorDetails, TBody> map, Action<ErrorFormatOptions>? configure = null)
        where TBody : notnull
    {
        var options = new ErrorFormatOptions();
        configure?.Invoke(options);
        return services.AddSingleton<IErrorFormat>(new ErrorFormat<TBody>(map, options));
    }
}
