using Carafe.Tasks;
using MyApi.Auth;
using MyApi.Files;
using MyApi.Posts;
using MyApi.Products;
using MyApi.Users;

namespace MyApi;

/// <summary>Holds the tables. Names, timestamps, versions and UTC are the kit's conventions; this class has only what is particular to this app.</summary>
public sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Post> Posts => Set<Post>();

    public DbSet<MailToken> MailTokens => Set<MailToken>();

    public DbSet<PendingAccount> PendingAccounts => Set<PendingAccount>();

    public DbSet<KnownDevice> KnownDevices => Set<KnownDevice>();

    public DbSet<Product> Products => Set<Product>();

    public DbSet<StoredFile> Files => Set<StoredFile>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.ConfigureAuth<User>();
        model.ConfigureIdempotency();
        model.ConfigureTasks();
        model.Entity<User>(user =>
        {
            user.HasIndex(u => u.UsernameKey).IsUnique();
            user.HasIndex(u => u.Username);
            user.HasIndex(u => u.Email).IsUnique();
            user.HasIndex(u => new { u.CreatedAt, u.Id });
            user.HasMany(u => u.Posts).WithOne().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
            user.HasMany<StoredFile>().WithOne().HasForeignKey(f => f.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<MailToken>(token =>
        {
            token.HasIndex(t => t.Hash).IsUnique();
            token.HasOne<User>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
            token.HasIndex(t => t.ExpiresAt);
            token.HasIndex(t => t.Email);
        });
        model.Entity<PendingAccount>(account =>
        {
            account.HasIndex(a => a.CodeHash).IsUnique();
            account.HasIndex(a => a.Email);
            account.HasIndex(a => a.ExpiresAt);
        });
        model.Entity<KnownDevice>(device =>
        {
            device.HasIndex(d => new { d.UserId, d.UsedAt });
            device.HasIndex(d => d.UsedAt);
            device.HasOne<User>().WithMany().HasForeignKey(d => d.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Post>(post =>
        {
            post.HasIndex(p => new { p.CreatedAt, p.Id });
            post.HasIndex(p => new { p.UserId, p.CreatedAt, p.Id });
        });
        model.Entity<Product>(product =>
        {
            product.HasIndex(p => p.Name).IsUnique();
            product.HasIndex(p => new { p.CreatedAt, p.Id });
            product.Property(p => p.Price).HasPrecision(12, 2);
        });
        model.Entity<StoredFile>(file =>
        {
            file.Ignore(f => f.ETag);
            file.HasIndex(f => f.Path).IsUnique();
            file.HasIndex(f => f.FoldedPath).IsUnique();
        });
    }
}
