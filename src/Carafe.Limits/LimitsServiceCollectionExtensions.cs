using Carafe.Hosting;
using Carafe.Limits;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds rate limits to an app.</summary>
public static class LimitsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the limits that endpoints and groups declare by <see cref="LimitEndpointExtensions.WithLimit"/>, and the check <c>limits</c> of
    /// <c>/readyz</c>. Counts are in Redis where <c>REDIS_URL</c> is set and Carafe.Redis is added, else in PostgreSQL where the app's database is one,
    /// else in the memory of the process. <c>RATELIMIT_ENABLED=false</c> turns all of them off.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="limits">Limits of the whole app, named <c>app</c>: all endpoints together but the health endpoints. Default: none.</param>
    /// <param name="by">Whom the app's limits count. Default: the account, or the address of a caller who is not signed in.</param>
    public static IServiceCollection AddLimits(this IServiceCollection services, string? limits = null, Func<HttpContext, Carafe.LimitKey>? by = null)
    {
        if (limits is not null)
        {
            services.AddSingleton(new LimitMetadata(limits, "app", by ?? LimitBy.AccountOrAddress, null, null, null, LimitFailure.Open));
        }

        services.AddSingleton<EndpointLimiter>();
        services.AddSingleton<IEndpointLimiter>(provider => provider.GetRequiredService<EndpointLimiter>());
        services.AddSingleton<IRouteValidator, LimitValidator>();
        services.AddHostedService<LimitWarmUp>();
        services.AddHealthChecks().AddCheck<LimitHealth>("limits", tags: ["ready"]);
        return services;
    }
}
