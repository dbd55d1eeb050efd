using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Carafe.Auth;

/// <summary>
/// Caches access tokens whose signature and claims were verified: a client sends the same one many times in its few minutes, and verifying costs several
/// times the rest of authentication. The whole text is compared. Time and session are checked on each request.
/// </summary>
internal sealed class VerifiedTokens(KeyStore keys, TokenChecks checks)
{
    // With its claims a token takes some three kilobytes.
    private const int Capacity = 2_000;

    private readonly ConcurrentDictionary<string, VerifiedToken> _known = new(StringComparer.Ordinal);

    /// <summary>Finds a token that was verified before with the current keys and is not expired.</summary>
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

/// <summary>Represents a token that was verified with some keys, and its identity.</summary>
internal sealed record VerifiedToken(JsonWebToken Token, SignedClaims Signed, ClaimsIdentity Identity, TokenKeys Keys);
