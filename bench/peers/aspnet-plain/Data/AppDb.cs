using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Peer.Data;

public sealed class User
{
    public int Id { get; set; }

    public required string Username { get; set; }

    public required string Email { get; set; }

    public string PasswordHash { get; set; } = "";

    public string Role { get; set; } = "user";

    public DateTime CreatedAt { get; set; }
}

public sealed class Post
{
    public int Id { get; set; }

    public required string Title { get; set; }

    public required string Body { get; set; }

    public int UserId { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }
}

public sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Post> Posts => Set<Post>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<Utc>();

    private sealed class Utc() : ValueConverter<DateTime, DateTime>(time => time, time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
