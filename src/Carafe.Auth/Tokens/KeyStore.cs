namespace Carafe.Auth;

/// <summary>
/// Holds the keys that the app signs and verifies with. Refresh tokens return to this app alone, so they are signed with a key derived from the secret,
/// whatever signs access tokens.
/// </summary>
internal sealed class KeyStore(AuthOptions options, KeyRing ring)
{
    private readonly Lazy<TokenKeys> _secret = new(() => TokenKeys.FromSecrets(TokenTypes.Access, Secrets(options)));
    private readonly Lazy<TokenKeys> _refresh = new(() => TokenKeys.FromSecrets(TokenTypes.Refresh, Secrets(options)));

    public TokenKeys Access => options.JwtAlgorithm == KeyRing.Symmetric ? _secret.Value : ring.Current;

    public TokenKeys Refresh => _refresh.Value;

    private static IEnumerable<string> Secrets(AuthOptions options) => options.JwtSecretKeyFallbacks.Prepend(options.JwtSecretKey);
}
