using System.ComponentModel.DataAnnotations;

namespace Carafe;

/// <summary>
/// Validates an absolute http or https URL with a host and without a user name, at most 2,048 characters. The platform's <c>[Url]</c> accepts
/// <c>http://</c> followed by anything. Null passes; empty text does not.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class HttpUrlAttribute : DataTypeAttribute
{
    /// <summary>Initializes the attribute.</summary>
    public HttpUrlAttribute()
        : base(DataType.Url) =>
        ErrorMessage = "must be an http or https URL, such as https://example.com/about";

    /// <inheritdoc/>
    public override bool IsValid(object? value)
    {
        var text = value as string ?? (value as Uri)?.OriginalString;
        return value is null
            || (text is { Length: > 0 and <= 2048 } && !text.Any(sign => char.IsWhiteSpace(sign) || char.IsControl(sign))
                && Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
                && url.Host.Length > 0 && url.UserInfo.Length == 0 && Uri.CheckHostName(url.DnsSafeHost) != UriHostNameType.Unknown);
    }
}
