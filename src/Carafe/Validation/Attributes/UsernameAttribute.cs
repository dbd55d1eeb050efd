using System.ComponentModel.DataAnnotations;

namespace Carafe;

/// <summary>
/// Validates a username that is safe in a URL and cannot be confused with another: 3 to 32 ASCII letters, digits, dots, hyphens and underscores, starting
/// with a letter and ending with a letter or digit. Null passes; empty text does not.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class UsernameAttribute : RegularExpressionAttribute
{
    /// <summary>Initializes the attribute.</summary>
    public UsernameAttribute()
        : base("^[A-Za-z][A-Za-z0-9._-]{1,30}[A-Za-z0-9]$") =>
        ErrorMessage = "must have 3 to 32 letters, digits, dots, hyphens and underscores, start with a letter and end with a letter or digit";

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not "" && base.IsValid(value);
}
