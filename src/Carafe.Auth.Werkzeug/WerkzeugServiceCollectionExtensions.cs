using Carafe.Auth;
using Carafe.Auth.Werkzeug;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets the users of a Flask application sign in with their passwords.</summary>
public static class WerkzeugServiceCollectionExtensions
{
    /// <summary>
    /// Adds werkzeug's <c>scrypt:</c> and <c>pbkdf2:</c> hashes to those that a login verifies. A hash that verifies is replaced by one of the kit's.
    /// </summary>
    /// <param name="services">The app's services, with <c>AddAuth</c>.</param>
    public static IServiceCollection AddWerkzeugHashes(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IForeignPasswordHash, WerkzeugHashes>());
        return services;
    }
}
