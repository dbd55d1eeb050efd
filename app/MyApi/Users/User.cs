using MyApi.Posts;

namespace MyApi.Users;

/// <summary>An account. Who it is to the kit is said by <see cref="IAccount"/>.</summary>
public sealed class User : IAccount, ITimestamped, IVersioned
{
    public int Id { get; set; }

    public required string Username { get; set; }

    public required string Email { get; set; }

    public string PasswordHash { get; set; } = "";

    public string Role { get; set; } = Roles.User;

    public DateTimeOffset? DisabledAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; }

    public List<Post> Posts { get; } = [];
}
