using Microsoft.EntityFrameworkCore;

namespace Carafe.Data;

/// <summary>Adds the table of idempotency keys to a model.</summary>
public static class IdempotencyModelBuilderExtensions
{
    /// <summary>Adds the table <c>idempotency_keys</c>. Call it in <c>OnModelCreating</c>.</summary>
    /// <param name="model">The app's model.</param>
    public static ModelBuilder ConfigureIdempotency(this ModelBuilder model) =>
        model.Entity<IdempotencyKey>(key =>
        {
            key.ToTable("idempotency_keys");
            key.HasKey(row => row.Key);
            key.Property(row => row.Key).HasMaxLength(64);
            key.Property(row => row.Fingerprint).HasMaxLength(64);
            key.HasIndex(row => row.EndsAt);
        });
}
