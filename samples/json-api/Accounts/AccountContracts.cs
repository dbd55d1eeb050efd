using JsonApi.Documents;

namespace JsonApi.Accounts;

/// <summary>An account.</summary>
public sealed record AccountResource(string Type, string Id, AccountAttributes Attributes)
{
    public const string TypeName = "accounts";

    public static AccountResource From(User user) => new(TypeName, ResourceId.Text(user.Id), new(user.Username, user.Email));
}

/// <summary>What is known of an account.</summary>
public sealed record AccountAttributes(string Username, string Email);

/// <summary>A new account.</summary>
public sealed record NewAccount([property: TextLength(1, 50)] string Type, AccountRequest Attributes);

/// <summary>What a newcomer gives.</summary>
public sealed record AccountRequest(
    [property: TextLength(1, 80)] string Username,
    [property: Email] string Email,
    [property: TextLength(1, 1024)] string Password);

/// <summary>A new session.</summary>
public sealed record NewSession([property: TextLength(1, 50)] string Type, SessionRequest Attributes);

/// <summary>What somebody gives to sign in.</summary>
public sealed record SessionRequest(
    [property: TextLength(1, 254)] string Email,
    [property: TextLength(1, 1024)] string Password);
