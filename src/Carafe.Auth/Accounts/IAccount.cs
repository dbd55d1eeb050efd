namespace Carafe.Auth;

/// <summary>Describes what Carafe.Auth needs of the app's user entity. Implement it on the entity; everything else there is up to the app.</summary>
public interface IAccount
{
    /// <summary>Gets the primary key; the token's <c>sub</c>, as a string.</summary>
    int Id { get; }

    /// <summary>Gets the name shown to others.</summary>
    string Username { get; }

    /// <summary>Gets the address that signs in.</summary>
    string Email { get; }

    /// <summary>
    /// Gets or sets the hash that <see cref="PasswordService"/> made of the password. Empty when the account has no password: none matches it.
    /// </summary>
    string PasswordHash { get; set; }

    /// <summary>Gets one of the app's roles, such as those in <see cref="Roles"/>.</summary>
    string Role { get; set; }

    /// <summary>Gets since when the account may not sign in; its tokens are refused as well. Null while it may.</summary>
    DateTimeOffset? DisabledAt { get; set; }
}
