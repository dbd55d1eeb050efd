using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Carafe.Auth;

/// <summary>Adds the kit's table to the app's model.</summary>
public static class AuthModelBuilderExtensions
{
    /// <summary>One column type for instants that both SQLite and PostgreSQL can compare.</summary>
    internal static readonly ValueConverter<DateTimeOffset, DateTime> Utc =
        new(instant => instant.UtcDateTime, stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc)));

    /// <summary>
    /// Adds the table <c>sessions</c>, whose rows are deleted with their user by a cascade in the database. Call it in <c>OnModelCreating</c>.
    /// </summary>
    /// <param name="model">The app's model.</param>
    public static ModelBuilder ConfigureAuth<TUser>(this ModelBuilder model)
        where TUser : class, IAccount =>
        model.Entity<AuthSession>(session =>
        {
            session.ToTable("sessions");
            session.HasKey(row => row.Id);
            session.Property(row => row.Id).ValueGeneratedNever();
            session.HasOne<TUser>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            session.HasIndex(row => row.ExpiresAt);
            session.Property(row => row.TokenHash).HasMaxLength(32);
            session.Property(row => row.SpentHash).HasMaxLength(32);
            session.Property(row => row.Salt).HasMaxLength(32);
            session.Property(row => row.UserAgent).HasMaxLength(AuthSession.UserAgentLength);
            session.Property(row => row.Address).HasMaxLength(AuthSession.AddressLength);
            session.Property(row => row.CreatedAt).HasConversion(Utc);
            session.Property(row => row.AuthenticatedAt).HasConversion(Utc);
            session.Property(row => row.LastUsedAt).HasConversion(Utc);
            session.Property(row => row.ExpiresAt).HasConversion(Utc);
        });
}
