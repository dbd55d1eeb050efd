using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>What a token must be to be accepted (RFC 8725): one algorithm, one type, one issuer, one audience, one key, and every claim there with its right type.</summary>
internal sealed class TokenChecks(KeyStore keys, Issuer issuer, IOptions<AuthOptions> options, TimeProvider clock)
{
    private readonly JsonWebTokenHandler _handler = Handler();

    public static JsonWebTokenHandler Handler() => new() { MapInboundClaims = false, MaximumTokenSizeInBytes = TokenText.MaxLength };

    public TokenValidationParameters Access() => Parameters(TokenTypes.Access, issuer.Audience, () => keys.Access);

    /// <summary>Reads a refresh token.</summary>
    /// <exception cref="BearerFault">It is not one of ours, or expired.</exception>
    public async Task<RefreshClaims> ReadRefreshAsync(string text)
    {
        var result = await _handler.ValidateTokenAsync(text, Parameters(TokenTypes.Refresh, issuer.RefreshAudience, () => keys.Refresh));
        if (!result.IsValid)
        {
            throw BearerFault.Of(result.Exception);
        }

        var (user, session) = ReadClaims((JsonWebToken)result.SecurityToken);
        var secret = new byte[RefreshSecret.Length];
        return System.Buffers.Text.Base64Url.TryDecodeFromChars(((JsonWebToken)result.SecurityToken).Id, secret, out var length) && length == RefreshSecret.Length
            ? new RefreshClaims(user, session, secret)
            : throw BearerFault.Invalid;
    }

    /// <summary>Reads what the library leaves alone.</summary>
    /// <exception cref="BearerFault">A claim is missing or has the wrong type.</exception>
    public static (int User, Guid Session) ReadClaims(JsonWebToken token)
    {
        if (Text(token, AuthClaims.TokenId).Length == 0 || !IsNumber(token, "iat") || !IsNumber(token, "nbf") || !IsNumber(token, "exp"))
        {
            throw BearerFault.Invalid;
        }

        return int.TryParse(Text(token, AuthClaims.Subject), NumberStyles.None, CultureInfo.InvariantCulture, out var user)
            && Guid.TryParseExact(Text(token, AuthClaims.Session), "D", out var session)
                ? (user, session)
                : throw BearerFault.Invalid;
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

    private bool CheckLifetime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (expires is null || notBefore is null || notBefore > now + options.Value.ClockLeeway)
        {
            return false;
        }

        return expires > now - options.Value.ClockLeeway ? true : throw new SecurityTokenExpiredException();
    }

    private static string Text(JsonWebToken token, string name) => token.TryGetPayloadValue<object>(name, out var value) && value is string text ? text : "";

    private static bool IsNumber(JsonWebToken token, string name) => token.TryGetPayloadValue<object>(name, out var value) && value is int or long;
}

/// <summary>What a refresh token says.</summary>
internal sealed record RefreshClaims(int UserId, Guid SessionId, byte[] Secret);
