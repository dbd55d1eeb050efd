using Carafe.Auth;
using Carafe.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds API keys to an app with <c>AddAuth</c>.</summary>
public static class ApiKeyServiceCollectionExtensions
{
    /// <summary>
    /// Adds API keys beside tokens: hashed in the app's database, limited to scopes, listed and revoked by <see cref="ApiKeyManager"/> and the commands
    /// <c>apikeys create</c>, <c>list</c> and <c>revoke</c>. Only endpoints that say <c>AllowApiKeys(scope)</c> take one. The context's
    /// <c>OnModelCreating</c> calls <see cref="ApiKeyModelBuilderExtensions.ConfigureApiKeys"/>.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="header">The header that holds a key. Default: <c>X-API-Key</c>.</param>
    public static IServiceCollection AddApiKeys<TContext, TUser>(this IServiceCollection services, string header = "X-API-Key")
        where TContext : DbContext
        where TUser : class, IAccount
    {
        services.AddSingleton(new ApiKeyCarrier(header));
        services.AddScoped<ApiKeyManager, StoredApiKeyManager<TContext, TUser>>();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Name, null);
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, ApiKeyForwarding>();
        services.AddSingleton<IRouteValidator, ApiKeyValidator<TContext>>();
        services.AddCommand(ApiKeyCommand.Create);
        return services;
    }
}
