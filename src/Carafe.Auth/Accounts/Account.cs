using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace Carafe.Auth;

/// <summary>
/// Implements <see cref="IAccount"/> for an app that has no user entity yet: derive it and add what the app knows about its users. The address and the
/// name are unique, whatever their case. The address is kept in lower case, so <c>A@x.org</c> and <c>a@x.org</c> are one account.
/// </summary>
[Index(nameof(Email), IsUnique = true)]
[Index(nameof(UsernameKey), IsUnique = true)]
public abstract class Account : IAccount
{
    /// <summary>Gets or sets the primary key.</summary>
    public int Id { get; set; }

    /// <summary>Gets or sets the name shown to others, of at most 254 characters. Default: the first address.</summary>
    [MaxLength(254)]
    public string Username
    {
        get;
        set => (field, UsernameKey) = (value, value.ToLowerInvariant());
    } = "";

    /// <summary>
    /// Gets the name in lower case, which is unique: <c>alice</c> and <c>ALICE</c> are one name.
    /// </summary>
    [MaxLength(254), JsonPropertyName("username")]
    public string UsernameKey { get; private set; } = "";

    /// <summary>Gets or sets the address that signs in, of at most 254 characters.</summary>
    [MaxLength(254)]
    public required string Email
    {
        get;
        set
        {
            field = value.ToLowerInvariant();
            Username = Username.Length > 0 ? Username : field;
        }
    }

    /// <inheritdoc/>
    [MaxLength(256)]
    public string PasswordHash { get; set; } = "";

    /// <summary>Gets or sets the role. Default: <see cref="Roles.User"/>.</summary>
    [MaxLength(20)]
    public string Role { get; set; } = Roles.User;

    /// <inheritdoc/>
    public DateTimeOffset? DisabledAt { get; set; }
}
