using Carafe;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses how JSON looks on the wire.</summary>
public static class JsonConventionServiceCollectionExtensions
{
    /// <summary>
    /// Sets names, enums, timestamps, unknown members, numbers, null and the media type of JSON, in one place. Everything that reads or writes the app's
    /// JSON follows, the API document and the tests included.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets the options: <c>json => json.NamingPolicy = JsonNamingPolicy.CamelCase</c>.</param>
    public static IServiceCollection AddJsonConventions(this IServiceCollection services, Action<JsonConventionOptions> configure) =>
        services.Configure(configure);
}
