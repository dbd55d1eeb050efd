using System.Buffers.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>
/// Decides which tokens are accepted (RFC 8725): one algorithm, one type, one issuer, one audience, one key, and every claim present with its right type.
/// </summary>
internal sealed class TokenChecks(KeyStore keys, Issuer issuer, AuthOptions options, TimeProvider clock)
{
    private readonly JsonWebTokenHandler _handler = Handler();

    public static JsonWebTokenHandler Handler() => new() { MapInboundClaims = false, MaximumTokenSizeInBytes = TokenText.MaxLength };

    public TokenValidationParameters Access() => Parameters(TokenTypes.Access, issuer.Audience, () => keys.Access);

    /// <summary>Reads a refresh token.</summary>
    /// <exception cref="BearerError">The token is not one of ours, or has expired.</exception>
    public async Task<RefreshClaims> ReadRefreshAsync(string text)
    {
        var claims = SignedClaims.Read(text, access: false);
        var result = await _handler.ValidateTokenAsync(text, Parameters(TokenTypes.Refresh, issuer.RefreshAudience, () => keys.Refresh));
        if (!result.IsValid)
        {
            throw BearerError.Of(result.Exception);
        }

        var secret = new byte[RefreshSecret.Length];
        return Base64Url.TryDecodeFromChars(claims.TokenId, secret, out var length) && length == RefreshSecret.Length
            ? new RefreshClaims(claims.UserId, claims.SessionId, secret)
            : throw BearerError.Invalid;
    }

    private TokenValidationParameters Parameters(string type, string audience, Func<TokenKeys> ring) => new()
    {
        ValidTypes = [type],
        ValidIssuer = issuer.Name,
        ValidAudience = audience,
        AlgorithmValidator = (algorithm, _, _, _) => string.Equals(algorithm, ring().Algorithm, StringComparison.Ordinal),
        IssuerSigningKeyResolver = (_, _, id, _) => ring().Find(id),
        TryAllIssuerSigningKeys = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = CheckLifetime,
        NameClaimType = AuthClaims.Username,
        RoleClaimType = AuthClaims.Roles,
        LogValidationExceptions = false,
    };

    /// <summary>Returns whether the time is between these two, give or take the clock skew.</summary>
    public bool IsInTime(DateTime notBefore, DateTime expires)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return notBefore <= now + options.ClockSkew && expires > now - options.ClockSkew;
    }

    private bool CheckLifetime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        return expires is null || notBefore is null ? false
            : !IsInTime(notBefore.Value, DateTime.MaxValue) ? throw new SecurityTokenNotYetValidException()
            : IsInTime(notBefore.Value, expires.Value) ? true
            : throw new SecurityTokenExpiredException();
    }
}

/// <summary>Holds the claims of a refresh token.</summary>
internal sealed record RefreshClaims(int UserId, Guid SessionId, byte[] Secret);
