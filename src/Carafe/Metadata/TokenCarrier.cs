using Microsoft.Extensions.Primitives;

namespace Carafe;

/// <summary>Tells how callers send their tokens, and how a 401 asks for one.</summary>
/// <param name="Scheme">The word before the token in the Authorization header, and the scheme of challenges.</param>
/// <param name="Header">The header; any other than Authorization holds the token alone.</param>
internal sealed record TokenCarrier(string Scheme = "Bearer", string Header = "Authorization")
{
    public bool IsAuthorization { get; } = Header.Equals("Authorization", StringComparison.OrdinalIgnoreCase);

    public StringValues Read(IHeaderDictionary headers) => IsAuthorization ? headers.Authorization : headers[Header];

    /// <summary>Returns the header's value for a token.</summary>
    public string Format(string token) => IsAuthorization ? $"{Scheme} {token}" : token;

    public override string ToString() => $"{Header}: {Format("<token>")}";
}
