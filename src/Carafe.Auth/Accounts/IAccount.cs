namespace Carafe.Auth;

/// <summary>What Carafe.Auth needs to know of the app's user entity. Implement it on the entity; everything else there is the app's own.</summary>
public interface IAccount
{
    /// <summary>The primary key; the token's <c>sub</c>, as a string.</summary>
    int Id { get; }

    /// <summary>The name shown to others.</summary>
    string Username { get; }

    /// <summary>The address that signs in.</summary>
    string Email { get; }

    /// <summary>What <see cref="PasswordService"/> made of the password. Empty when the account has none: no password matches it.</summary>
    string PasswordHash { get; set; }

    /// <summary>One of the app's roles, such as those in <see cref="Roles"/>.</summary>
    string Role { get; set; }

    /// <summary>Since when the account may not sign in; its tokens are refused as well. Null while it may.</summary>
    DateTimeOffset? DisabledAt { get; set; }
}
