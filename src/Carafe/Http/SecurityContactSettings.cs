using System.ComponentModel.DataAnnotations;

namespace Carafe.Http;

/// <summary>Holds whom a finder of a security hole writes to.</summary>
internal sealed class SecurityContactSettings : IValidatableObject
{
    private static readonly string[] Schemes = ["mailto", "https", "tel"];

    /// <summary>
    /// Gets <c>SECURITY_CONTACT</c>: whom to tell of a security hole, as <c>mailto:</c>, <c>https:</c> or <c>tel:</c>, the preferred one first, separated by
    /// commas; <c>/.well-known/security.txt</c> has it. Default: none, and there is no such file.
    /// </summary>
    public string[] SecurityContact { get; init; } = [];

    /// <summary>Gets <c>SECURITY_POLICY</c>: the page that says how reports are handled, an <c>https:</c> URL. Default: none.</summary>
    public Uri? SecurityPolicy { get; init; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext context)
    {
        foreach (var contact in SecurityContact)
        {
            if (!Uri.TryCreate(contact, UriKind.Absolute, out var uri) || !Schemes.Contains(uri.Scheme, StringComparer.Ordinal)
                || contact.AsSpan().ContainsAny('\r', '\n'))
            {
                yield return new($"SECURITY_CONTACT: '{contact}' is no address such as mailto:security@example.com or https://example.com/security.");
            }
        }

        if (SecurityPolicy is { Scheme: not "https" })
        {
            yield return new("SECURITY_POLICY: it is an https: URL, as RFC 9116 asks.");
        }
    }
}
