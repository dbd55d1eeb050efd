using System.Linq.Expressions;
using System.Text.Json.Serialization;

namespace MyApi.Users;

/// <summary>A user as others see them; the e-mail address is there for that user and for admins only.</summary>
[ListName("users")]
public sealed record UserResponse(int Id, string Username, DateTimeOffset CreatedAt, [property: JsonIgnore] int Version) : IETagged
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Email { get; init; }

    /// <summary>As the user sees themselves, and an admin everybody.</summary>
    public static readonly Expression<Func<User, UserResponse>> Whole = user =>
        new UserResponse(user.Id, user.Username, user.CreatedAt, user.Version) { Email = user.Email };

    private static readonly Expression<Func<User, UserResponse>> _public = user => new UserResponse(user.Id, user.Username, user.CreatedAt, user.Version);

    public static Expression<Func<User, UserResponse>> SeenBy(CurrentUser? me)
    {
        if (me is null || me.IsAdmin)
        {
            return me is null ? _public : Whole;
        }

        var id = me.Id;
        return user => new UserResponse(user.Id, user.Username, user.CreatedAt, user.Version) { Email = user.Id == id ? user.Email : null };
    }

    /// <summary>As the user sees themselves.</summary>
    public static UserResponse Own(User user) => new(user.Id, user.Username, user.CreatedAt, user.Version) { Email = user.Email };

    public static UserResponse From(User user, CurrentUser? me) =>
        new(user.Id, user.Username, user.CreatedAt, user.Version) { Email = me is { IsAdmin: true } || user.Id == me?.Id ? user.Email : null };
}

/// <summary>What an admin gives to create an account.</summary>
public sealed record CreateUserRequest(
    [property: Username] string Username,
    [property: Email] string Email,
    [property: TextLength(1, 1024)] string Password,
    [property: AllowedValues(Roles.User, Roles.Admin)] string Role = Roles.User);

/// <summary>What may change about an account; an absent member stays as it is.</summary>
public sealed record UpdateUserRequest
{
    [Username]
    public string? Username { get; init; }

    [Email]
    public string? Email { get; init; }
}
