using Carafe.Auth;
using Carafe.Auth.Werkzeug;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the table of ended tokens to the app's model.</summary>
public static class FlaskTokenModelBuilderExtensions
{
    /// <summary>
    /// Adds the table <c>flask_tokens</c>, which notes the tokens of Flask that were ended here; its rows are deleted with their user. Call it in
    /// <c>OnModelCreating</c>.
    /// </summary>
    /// <param name="model">The app's model.</param>
    public static ModelBuilder ConfigureFlaskTokens<TUser>(this ModelBuilder model)
        where TUser : class, IAccount =>
        model.Entity<FlaskTokenEnd>(row =>
        {
            row.ToTable("flask_tokens");
            row.HasKey(ended => ended.Id);
            row.Property(ended => ended.Id).ValueGeneratedNever();
            row.HasOne<TUser>().WithMany().HasForeignKey(ended => ended.UserId).OnDelete(DeleteBehavior.Cascade);
            row.HasIndex(ended => ended.ExpiresAt);
            row.Property(ended => ended.EndedAt).HasConversion(AuthModelBuilderExtensions.Utc);
            row.Property(ended => ended.ExpiresAt).HasConversion(AuthModelBuilderExtensions.Utc);
        });
}
