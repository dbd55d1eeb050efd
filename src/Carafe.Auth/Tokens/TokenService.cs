using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Carafe.Auth;

/// <summary>Creates tokens. An app calls <see cref="SessionManager"/>; this is also for tests that need a particular token.</summary>
internal sealed class TokenService(KeyStore keys, Issuer issuer, AuthOptions options, IServiceProvider services)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string Access(IAccount account, Guid session, DateTimeOffset authenticated, DateTimeOffset now)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var claims = Claims(account.Id, session, now, now + options.AccessTokenLifetime, issuer.Audience, id);
        claims[AuthClaims.ClientId] = issuer.Audience;
        claims[AuthClaims.AuthTime] = authenticated.ToUnixTimeSeconds();
        claims[AuthClaims.Roles] = new[] { account.Role };
        foreach (var (name, value) in options.ExtraClaims?.Invoke(account, services) ?? [])
        {
            if (AuthClaims.Reserved.Contains(name))
            {
                throw new InvalidOperationException($"The claim '{name}' is the kit's own. Give the extra claim another name.");
            }

            claims[name] = value;
        }

        return Sign(TokenTypes.Access, claims, keys.Access.Signing);
    }

    public string Refresh(int user, Guid session, byte[] secret, DateTimeOffset now, DateTimeOffset expires) =>
        Sign(TokenTypes.Refresh, Claims(user, session, now, expires, issuer.RefreshAudience, Base64Url.EncodeToString(secret)), keys.Refresh.Signing);

    public string Sign(string type, IDictionary<string, object> claims, SigningCredentials signing) =>
        _handler.CreateToken(new SecurityTokenDescriptor { TokenType = type, Claims = claims, SigningCredentials = signing });

    private Dictionary<string, object> Claims(int user, Guid session, DateTimeOffset now, DateTimeOffset expires, string audience, string id) => new()
    {
        ["iss"] = issuer.Name,
        ["aud"] = audience,
        [AuthClaims.Subject] = user.ToString(System.Globalization.CultureInfo.InvariantCulture),
        [AuthClaims.Session] = session.ToString(),
        [AuthClaims.TokenId] = id,
        ["iat"] = now.ToUnixTimeSeconds(),
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = expires.ToUnixTimeSeconds(),
    };
}
