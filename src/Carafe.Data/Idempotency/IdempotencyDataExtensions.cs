using Carafe.Data.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Data;

/// <summary>Keeps the answers of <c>WithIdempotency()</c> in the app's database.</summary>
public static class IdempotencyDataExtensions
{
    /// <summary>Keeps them in <typeparamref name="TContext"/>, so that replicas and restarts agree. Its <c>OnModelCreating</c> calls <see cref="AddIdempotency(ModelBuilder)"/>.</summary>
    /// <param name="services">The app's services.</param>
    public static IServiceCollection AddIdempotency<TContext>(this IServiceCollection services)
        where TContext : DbContext =>
        services.AddSingleton<IIdempotencyStore, DatabaseIdempotencyStore<TContext>>();

    /// <summary>Adds the table <c>idempotency_keys</c>. Call it in <c>OnModelCreating</c>.</summary>
    /// <param name="model">The app's model.</param>
    public static ModelBuilder AddIdempotency(this ModelBuilder model) =>
        model.Entity<IdempotencyKey>(key =>
        {
            key.ToTable("idempotency_keys");
            key.HasKey(row => row.Key);
            key.Property(row => row.Key).HasMaxLength(64);
            key.Property(row => row.Fingerprint).HasMaxLength(64);
            key.HasIndex(row => row.EndsAt);
        });
}
