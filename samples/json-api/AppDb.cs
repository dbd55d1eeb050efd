using JsonApi.Accounts;
using JsonApi.Articles;

namespace JsonApi;

/// <summary>Holds the tables.</summary>
public sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Article> Articles => Set<Article>();

    public DbSet<Fan> Fans => Set<Fan>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.ConfigureAuth<User>();
        model.Entity<Article>(article =>
        {
            article.HasIndex(a => new { a.CreatedAt, a.Id });
            article.HasIndex(a => new { a.Title, a.Id });
            article.HasOne<User>().WithMany().HasForeignKey(a => a.AuthorId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Fan>(fan =>
        {
            fan.HasKey(f => new { f.ArticleId, f.UserId });
            fan.HasOne<Article>().WithMany().HasForeignKey(f => f.ArticleId).OnDelete(DeleteBehavior.Cascade);
            fan.HasOne<User>().WithMany().HasForeignKey(f => f.UserId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
