using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Carafe.Auth;

/// <summary>Adds the table of API keys to the app's model.</summary>
public static class ApiKeyModelBuilderExtensions
{
    private static readonly ValueConverter<DateTimeOffset, DateTime> Utc =
        new(instant => instant.UtcDateTime, stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc)));

    /// <summary>
    /// Adds the table <c>api_keys</c>, whose rows are deleted with their user by a cascade in the database. Call it in <c>OnModelCreating</c>.
    /// </summary>
    /// <param name="model">The app's model.</param>
    public static ModelBuilder ConfigureApiKeys<TUser>(this ModelBuilder model)
        where TUser : class, IAccount =>
        model.Entity<ApiKey>(key =>
        {
            key.ToTable("api_keys");
            key.HasKey(row => row.Id);
            key.Property(row => row.Id).ValueGeneratedNever();
            key.HasOne<TUser>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            key.HasIndex(row => row.Hash).IsUnique();
            key.Property(row => row.Name).HasMaxLength(ApiKey.NameLength);
            key.Property(row => row.Prefix).HasMaxLength(16);
            key.Property(row => row.Hash).HasMaxLength(32);
            key.Property(row => row.Scopes).HasMaxLength(ApiKey.ScopesLength);
            key.Property(row => row.CreatedAt).HasConversion(Utc);
            key.Property(row => row.ExpiresAt).HasConversion(Utc);
        });
}
