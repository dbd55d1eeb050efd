using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Carafe.Auth;

/// <summary>
/// Access tokens whose signature and claims were found good: a client sends the same one many times in its few minutes, and verifying costs several times
/// what the rest of authentication does. The whole text is compared, so nothing but the very same token is taken for it. Its time and its session are
/// checked each time.
/// </summary>
internal sealed class VerifiedTokens(KeyStore keys, TokenChecks checks)
{
    // With its claims a token takes some three kilobytes.
    private const int Capacity = 2_000;

    private readonly ConcurrentDictionary<string, VerifiedToken> _known = new(StringComparer.Ordinal);

    /// <summary>The token, if it was verified before with the keys that hold now, and is in its time.</summary>
    public VerifiedToken? Find(string text)
    {
        if (!_known.TryGetValue(text, out var token))
        {
            return null;
        }

        if (token.Keys == keys.Access && checks.IsInTime(token.Token.ValidFrom, token.Token.ValidTo))
        {
            return token;
        }

        _known.TryRemove(text, out _);
        return null;
    }

    public void Keep(JsonWebToken token, SignedClaims signed, ClaimsIdentity identity)
    {
        // Everything here can be verified again.
        if (_known.Count >= Capacity)
        {
            _known.Clear();
        }

        _known[token.EncodedToken] = new VerifiedToken(token, signed, identity.Clone(), keys.Access);
    }
}

/// <summary>A token that was verified with some keys, and the identity that it gave.</summary>
internal sealed record VerifiedToken(JsonWebToken Token, SignedClaims Signed, ClaimsIdentity Identity, TokenKeys Keys);
