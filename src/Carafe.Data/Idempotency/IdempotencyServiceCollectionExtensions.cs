using Carafe.Data.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the responses of <c>WithIdempotency()</c> in the app's database.</summary>
public static class IdempotencyServiceCollectionExtensions
{
    /// <summary>
    /// Keeps responses in <typeparamref name="TContext"/>, so that replicas and restarts agree. Its <c>OnModelCreating</c> calls
    /// <see cref="Carafe.Data.IdempotencyModelBuilderExtensions.ConfigureIdempotency(ModelBuilder)"/>.
    /// </summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddIdempotency<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        services.AddHostedService<IdempotencyPruner<TContext>>();
        return services.AddSingleton<IIdempotencyStore, DatabaseIdempotencyStore<TContext>>();
    }
}
