using System.Text.Json.Serialization;
using MyApi.Posts;

namespace MyApi.Users;

/// <summary>Represents an account.</summary>
public sealed class User : IAccount, ITimestamped, IVersioned
{
    public int Id { get; set; }

    [MaxLength(80)]
    public required string Username
    {
        get;
        set => (field, UsernameKey) = (value, value.ToLowerInvariant());
    }

    // One name, however it is typed: the unique index is on this.
    [MaxLength(80), JsonPropertyName("username")]
    public string UsernameKey { get; private set; } = "";

    // One address, however it is typed: the unique index sees one spelling.
    [MaxLength(254)]
    public required string Email { get; set => field = value.ToLowerInvariant(); }

    [MaxLength(256)]
    public string PasswordHash { get; set; } = "";

    [MaxLength(20)]
    public string Role { get; set; } = Roles.User;

    public DateTimeOffset? DisabledAt { get; set; }

    public DateTimeOffset? EmailVerifiedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public int Version { get; set; }

    public List<Post> Posts { get; } = [];

    /// <summary>Sets another address, which nobody has confirmed yet.</summary>
    public void ChangeEmail(string email)
    {
        if (!email.Equals(Email, StringComparison.OrdinalIgnoreCase))
        {
            (Email, EmailVerifiedAt) = (email, null);
        }
    }
}
