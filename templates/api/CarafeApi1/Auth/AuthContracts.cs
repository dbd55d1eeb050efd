namespace ApiNamespace1.Auth;

/// <summary>What a newcomer gives.</summary>
public sealed record RegisterRequest(
    [property: TextLength(1, 80)] string Username,
    [property: Email] string Email,
    [property: TextLength(1, 1024)] string Password);

/// <summary>What somebody gives to sign in.</summary>
public sealed record LoginRequest(
    [property: TextLength(1, 254)] string Email,
    [property: TextLength(1, 1024)] string Password);

/// <summary>An account, as its owner sees it.</summary>
public sealed record UserResponse(int Id, string Username, string Email, DateTimeOffset CreatedAt)
{
    public static UserResponse From(User user) => new(user.Id, user.Username, user.Email, user.CreatedAt);
}
