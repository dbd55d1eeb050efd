using Carafe.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Auth;

/// <summary>Refuses at start API keys in the header of tokens or in one that means something else, and a context without their table.</summary>
internal sealed class ApiKeyValidator<TContext>(ApiKeyCarrier carrier, TokenCarrier tokens, IServiceScopeFactory scopes) : IRouteValidator
    where TContext : DbContext
{
    public IEnumerable<string> Errors(IReadOnlyList<RouteEndpoint> endpoints)
    {
        if (carrier.Header.Equals(tokens.Header, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"AddApiKeys and TOKEN_HEADER both use the header {carrier.Header}. Give keys another one.";
        }

        if (!HeaderRule.Allows(carrier.Header))
        {
            yield return $"AddApiKeys has the header '{carrier.Header}': it {HeaderRule.Message}";
        }

        using var scope = scopes.CreateScope();
        if (scope.ServiceProvider.GetRequiredService<TContext>().Model.FindEntityType(typeof(ApiKey)) is null)
        {
            yield return $"{typeof(TContext).Name} has no table of API keys. Call model.ConfigureApiKeys<TUser>() in its OnModelCreating.";
        }
    }
}
