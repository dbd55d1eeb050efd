using System.ComponentModel.DataAnnotations;

namespace Carafe;

/// <summary>
/// Validates an e-mail address: <c>name@host.tld</c> in ASCII, at most 254 characters, 64 of them before the @ (RFC 5321 section 4.5.3.1), no quotes, no
/// spaces, no address literals. The platform's <c>[EmailAddress]</c> accepts <c>a@b</c>. Null passes; empty text does not.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class EmailAttribute : RegularExpressionAttribute
{
    /// <summary>Initializes the attribute.</summary>
    public EmailAttribute()
        : base(
            @"^(?=.{3,254}$)(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
            + @"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$") =>
        ErrorMessage = "must be an e-mail address, such as ada@example.com";

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not "" && base.IsValid(value);
}
